import { assertEquals, assertMatch } from "@std/assert";
import { exchange, ResetError } from "../../adapters/memory.ts";
import demo from "../../cli/demo/app.ts";

/** Sends a request, given as text of one character an octet, and gives all that comes back. */
async function ask(request: string): Promise<string> {
  const bytes = Uint8Array.from(request, (character) => character.charCodeAt(0));
  const answer = await exchange(demo, bytes).catch((error) => {
    if (error instanceof ResetError) return error.received;
    throw error;
  });
  return Array.from(answer, (byte) => String.fromCharCode(byte)).join("");
}

function get(target: string, fields = ""): Promise<string> {
  return ask(`GET ${target} HTTP/1.1\r\nHost: example:8000\r\n${fields}\r\n`);
}

function statusOf(answer: string): number {
  return Number(answer.slice(9, 12));
}

function bodyOf(answer: string): string {
  return answer.slice(answer.lastIndexOf("HTTP/1.1 ")).replace(/^[^]*?\r\n\r\n/, "");
}

function valueOf(answer: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*)\r$`, "im").exec(answer.slice(0, answer.lastIndexOf("\r\n\r\n")))?.[1];
}

const TEXTS: readonly [target: string, status: number, body: string][] = [
  ["/", 200, "Hello, World!\r\n"],
  ["/?a=b", 200, "Hello, World!\r\n"],
  ["/%65cho", 200, ""],
  ["/echo", 200, ""],
  ["/uploader/", 200, "chunks=0 declared=0 received=0\n"],
  ["/uploader/file.txt", 200, "chunks=0 declared=0 received=0\n"],
  ["/stream?pieces=3&size=2", 200, "2\r\nxx\r\n2\r\nxx\r\n2\r\nxx\r\n0\r\n\r\n"],
  ["/sleep?ms=1", 200, "slept 1\n"],
  ["/sleep", 200, "slept 0\n"],
  ["/unread", 200, "unread\n"],
  ["/continue", 200, "bytes=0\n"],
  ["/signal/nobody", 200, "woke 0\n"],
  ["/hooks", 200, "hooked\n"],
  ["/fetch/", 200, "Hello from fetch\n"],
  ["/fetch/x", 404, "There is nothing here\n"],
  ["/events?n=0", 200, "0\r\n\r\n"],
  ["/wait/x?timeout=600001", 400, "timeout must be at most 600000\n"],
  ["/discard", 200, "bytes=0\n"],
  ["/trailers", 200, "9\r\ntrailers\n\r\n0\r\nx-length: 9\r\n\r\n"],
  ["/status/200", 200, ""],
  ["/status/204", 204, ""],
  ["/status/404", 404, ""],
  ["/status/999", 999, ""],
  ["/status/100", 400, "The status must be 200 to 999\n"],
  ["/status/", 400, "The status must be 200 to 999\n"],
  ["/status/20", 400, "The status must be 200 to 999\n"],
  ["/status/2000", 400, "The status must be 200 to 999\n"],
  ["/status/206", 400, "The status must not be 206, for there is no range\n"],
  ["/status/abc", 400, "The status must be 200 to 999\n"],
  ["/nothing", 404, "There is nothing here\n"],
  ["/uploader", 404, "There is nothing here\n"],
  ["//", 404, "There is nothing here\n"],
  ["/profile/none", 404, "There is nothing here\n"],
  ["/stream?pieces=-1", 400, "pieces must be a whole number of at least 0\n"],
  ["/stream?pieces=", 400, "pieces must be a whole number of at least 0\n"],
  ["/stream?pieces=1e3", 400, "pieces must be a whole number of at least 0\n"],
  ["/stream?size=0x10", 400, "size must be a whole number of at least 0\n"],
  ["/stream?size=1048577", 400, "size must be at most 1048576\n"],
  ["/stream?pieces=10000001", 400, "pieces must be at most 10000000\n"],
  ["/stream?pieces=10000000&size=1000", 400, "pieces times size must be at most 4294967296\n"],
  ["/stream?delay=600001", 400, "delay must be at most 600000\n"],
  ["/sleep?ms=abc", 400, "ms must be a whole number of at least 0\n"],
  ["/sleep?ms=600001", 400, "ms must be at most 600000\n"],
  ["/error", 500, ""],
];

Deno.test("the demo answers /status/NNN with the field that the status must have", async (t) => {
  for (
    const [status, name] of [[401, "www-authenticate"], [405, "allow"], [407, "proxy-authenticate"], [426, "upgrade"]]
  ) {
    await t.step(String(status), async () => {
      assertMatch(valueOf(await get(`/status/${status}`), String(name)) ?? "", /./);
    });
  }
});

Deno.test("the demo answers GET", async (t) => {
  for (const [target, status, body] of TEXTS) {
    await t.step(target, async () => {
      const answer = await get(target);
      assertEquals(statusOf(answer), status);
      if (status !== 500) assertEquals(bodyOf(answer), body);
    });
  }
});

Deno.test("the demo answers HEAD without content", async (t) => {
  for (const [target, status] of TEXTS) {
    await t.step(target, async () => {
      const answer = await ask(`HEAD ${target} HTTP/1.1\r\nHost: a\r\n\r\n`);
      assertEquals([statusOf(answer), bodyOf(answer)], [status, ""]);
    });
  }
});

Deno.test("/echo gives back what has a length with a length, and what is chunked in chunks", async () => {
  const byLength = await ask(
    "POST /echo HTTP/1.1\r\nHost: a\r\nContent-Type: x/y; z=\xe9\r\nContent-Length: 5\r\n\r\nhello",
  );
  assertEquals(
    [valueOf(byLength, "content-length"), valueOf(byLength, "content-type"), bodyOf(byLength)],
    ["5", "x/y; z=?", "hello"],
  );
  const chunked = await ask(
    "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
  );
  assertEquals(
    [valueOf(chunked, "transfer-encoding"), valueOf(chunked, "content-type"), bodyOf(chunked)],
    ["chunked", undefined, "5\r\nhello\r\n0\r\n\r\n"],
  );
});

const UPLOADS: readonly [framing: string, content: string, uploader: string, discard: string][] = [
  ["Content-Length: 5", "hello", "chunks=0 declared=5 received=5\n", "bytes=5\n"],
  [
    "Transfer-Encoding: chunked",
    "2\r\nhe\r\n003\r\nllo\r\nA;x=y\r\n0123456789\r\n0\r\nx-a: b\r\n\r\n",
    "chunks=3 declared=15 received=15\n",
    "bytes=15\n",
  ],
  ["Transfer-Encoding: chunked", "0\r\n\r\n", "chunks=0 declared=0 received=0\n", "bytes=0\n"],
];

Deno.test("/uploader/ and /discard count", async (t) => {
  for (const [framing, content, uploader, discard] of UPLOADS) {
    await t.step(`${framing} ${JSON.stringify(content)}`, async () => {
      const rest = `HTTP/1.1\r\nHost: a\r\n${framing}\r\n\r\n${content}`;
      assertEquals(bodyOf(await ask(`PUT /uploader/ ${rest}`)), uploader);
      assertEquals(bodyOf(await ask(`PUT /discard ${rest}`)), discard);
    });
  }
});

Deno.test("/unread leaves the connection in order", async () => {
  const answers = await ask(
    "POST /unread HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhelloGET / HTTP/1.1\r\nHost: a\r\n\r\n",
  );
  assertMatch(answers, /unread\n[^]*Hello, World!\r\n$/);
});

Deno.test("/environ tells the request, keys and fields in order", async () => {
  const answer = await get("/environ?a=%62&c", "X-B: 2\r\nX-A: 1\r\nx-b: \xe9\r\n__proto__: p\r\n");
  assertEquals(valueOf(answer, "content-type"), "application/json");
  const text = new TextDecoder().decode(Uint8Array.from(bodyOf(answer), (character) => character.charCodeAt(0)));
  const environ = JSON.parse(text);
  const keys =
    "method target scriptName pathInfo rawPathInfo queryString version urlScheme serverName serverPort remote";
  assertEquals(Object.keys(environ).join(" "), `${keys} fields`);
  const { remote, serverName, serverPort, ...rest } = environ;
  // These are of the connection, whatever Host says.
  assertEquals([typeof remote.transport, typeof serverName], ["string", "string"]);
  assertEquals(serverPort === null || Number.isInteger(serverPort), true);
  assertEquals(rest, {
    method: "GET",
    target: "/environ?a=%62&c",
    scriptName: "",
    pathInfo: "/environ",
    rawPathInfo: "/environ",
    queryString: "a=%62&c",
    version: "1.1",
    urlScheme: "http",
    fields: [["Host", "example:8000"], ["X-B", "2"], ["X-A", "1"], ["x-b", "\xe9"], ["__proto__", "p"]],
  });
});

Deno.test("/trailers gives request trailers back as fields", async () => {
  const answer = await ask(
    "POST /trailers HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\nX-Sum: 1\r\nx-b: \xe9\r\n\r\n",
  );
  assertEquals([valueOf(answer, "x-echo-X-Sum"), valueOf(answer, "x-echo-x-b")], ["1", "?"]);
  assertEquals(bodyOf(answer), "9\r\ntrailers\n\r\n0\r\nx-length: 9\r\n\r\n");
});

Deno.test("/hints sends 103 first", async () => {
  const answer = await get("/hints");
  assertMatch(answer, /^HTTP\/1\.1 103 Early Hints\r\nlink: <\/style\.css>; rel=preload\r\n\r\nHTTP\/1\.1 200 OK\r\n/);
  assertEquals(bodyOf(answer), "hints\n");
});

Deno.test("/error-late sends the first piece and no end", async () => {
  const answer = await get("/error-late");
  assertEquals([statusOf(answer), bodyOf(answer)], [200, "10\r\nthe first piece\n\r\n"]);
});

Deno.test("/upgrade echoes in the protocol echo", async () => {
  const answer = await ask(
    "GET /upgrade HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\nraw \x00\xff octets",
  );
  assertMatch(answer, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
  assertEquals([valueOf(answer, "upgrade"), bodyOf(answer)], ["echo", "raw \x00\xff octets"]);
});

const NO_UPGRADES: readonly string[] = ["", "Upgrade: echo\r\n", "Connection: upgrade\r\nUpgrade: websocket\r\n"];

Deno.test("/upgrade answers 426 without an upgrade to echo", async (t) => {
  for (const fields of NO_UPGRADES) {
    await t.step(JSON.stringify(fields), async () => {
      const answer = await get("/upgrade", fields);
      assertEquals([statusOf(answer), valueOf(answer, "upgrade")], [426, "echo"]);
    });
  }
});

Deno.test("A-1: /profile/* give the same answer of 2 KiB", async () => {
  const styles = ["string", "list", "generator", "async", "write"];
  const answers = await Promise.all(styles.map((style) => get(`/profile/${style}`)));
  const [first, ...others] = answers.map((answer) => answer.replace(/^date: .*\r\n/m, ""));
  assertEquals(bodyOf(first!).length, 2048);
  for (const other of others) assertEquals(other, first);
});

Deno.test("/profile/busy looks at the request and gives 2 KiB", async () => {
  const answer = await get("/profile/busy?q=1", "Accept: */*\r\nUser-Agent: a\r\nCookie: a=b; session=c\r\n");
  assertEquals([valueOf(answer, "x-seen"), bodyOf(answer).length], ["5", 2048]);
});
