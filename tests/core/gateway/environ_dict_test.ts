import { assert, assertEquals } from "@std/assert";
import { type EnvironDict, toEnvironDict } from "../../../core/gateway/environ_dict.ts";
import type { Environ } from "../../../core/gateway/environ.ts";
import type { FakePortOptions } from "../../support/fake_port.ts";
import { octets } from "../../support/octet_text.ts";
import { get, post, postChunked, request, Talk, type TalkOptions } from "../../support/talk.ts";

/** The dictionary of a request. */
function dictOf(text: string, options: TalkOptions = {}, change: (environ: Environ) => void = () => {}): EnvironDict {
  const seen: EnvironDict[] = [];
  const talk = new Talk((environ, startResponse) => {
    change(environ);
    seen.push(toEnvironDict(environ));
    startResponse(204);
  }, options);
  talk.send(text);
  assertEquals(talk.errors, []);
  assertEquals(seen.length, 1, talk.sent);
  return seen[0]!;
}

/** The keys that are strings: what CGI has. */
function texts(dict: EnvironDict): Record<string, unknown> {
  return Object.fromEntries(Object.entries(dict).filter(([key]) => !key.includes(".")));
}

Deno.test("S-7: toEnvironDict gives the CGI keys, and none for what is absent", () => {
  assertEquals(texts(dictOf(get("/a?b=c"))), {
    REQUEST_METHOD: "GET",
    SCRIPT_NAME: "",
    PATH_INFO: "/a",
    QUERY_STRING: "b=c",
    SERVER_NAME: "127.0.0.1",
    SERVER_PORT: "8000",
    SERVER_PROTOCOL: "HTTP/1.1",
    SERVER_SOFTWARE: "Sluice",
    GATEWAY_INTERFACE: "CGI/1.1",
    REMOTE_ADDR: "192.0.2.7",
    REMOTE_PORT: "50123",
    HTTP_HOST: "example.org",
  });
});

Deno.test("S-8: toEnvironDict gives the wsgi keys", () => {
  const errors: string[] = [];
  const dict = dictOf(get(), { errors: { write: (text) => errors.push(text) } });
  assertEquals(dict["wsgi.version"], [1, 0]);
  assertEquals(dict["wsgi.url_scheme"], "http");
  assertEquals(dict["wsgi.multithread"], false);
  assertEquals(dict["wsgi.multiprocess"], false);
  assertEquals(dict["wsgi.run_once"], false);
  assertEquals(typeof dict["wsgi.input"].read, "function");
  dict["wsgi.errors"].write("a");
  dict["wsgi.errors"].writelines(["b", "c"]);
  dict["wsgi.errors"].flush();
  assertEquals(errors, ["a", "b", "c"]);
});

const PATHS: readonly [raw: string, native: string][] = [
  ["/", "/"],
  ["/a%20b%2Fc;p=1", "/a b/c;p=1"],
  ["/caf%C3%A9", "/caf\u00c3\u00a9"],
  ["/caf%e9", "/caf\u00e9"],
  ["/%C3%A9/%FF", "/\u00c3\u00a9/\u00ff"],
  ["/%2525", "/%25"],
  ["/%zz%4", "/%zz%4"],
  ["/a%00b", "/a\0b"],
];

Deno.test("S-7, T-23: toEnvironDict gives PATH_INFO one character an octet", async (t) => {
  for (const [raw, native] of PATHS) {
    await t.step(raw, () => assertEquals(dictOf(get(raw)).PATH_INFO, native));
  }
});

Deno.test("toEnvironDict gives the path that middleware has set", () => {
  const dict = dictOf(get("/a%20b"), {}, (environ) => {
    environ.scriptName = "/caf\u00e9";
    environ.pathInfo = "/\u00e9%41";
  });
  assertEquals(dict.SCRIPT_NAME, "/caf\u00c3\u00a9");
  assertEquals(dict.PATH_INFO, "/\u00c3\u00a9%41");
});

Deno.test("T-23, D-34, D-41: toEnvironDict joins repeated fields, Cookie by a semicolon", () => {
  const text = get(
    "/a%20b%2Fc;p=1?q=%20",
    ...["X-A: 1", "x-a: 2", "x_b: 3", "X-B_C: 4", "Cookie: a", "COOKIE: b", "X.y: caf\xe9"],
  );
  const dict = dictOf(text);
  assertEquals(dict.PATH_INFO, "/a b/c;p=1");
  assertEquals(dict.QUERY_STRING, "q=%20");
  assertEquals(dict.HTTP_X_A, "1,2");
  assertEquals(dict.HTTP_COOKIE, "a; b");
  assertEquals(dict["HTTP_X.Y"], "caf\xe9");
  assertEquals(Object.keys(dict).filter((key) => key.includes("X_B")), []);
});

Deno.test("D-34: toEnvironDict gives the client's version", () => {
  assertEquals(dictOf("GET / HTTP/1.0\r\n\r\n").SERVER_PROTOCOL, "HTTP/1.0");
  assertEquals(dictOf(get()).SERVER_PROTOCOL, "HTTP/1.1");
});

Deno.test("S-7: toEnvironDict gives Content-Type and Content-Length without HTTP_", async (t) => {
  await t.step("by length", () => {
    const dict = dictOf(post("hello", "Content-Type: text/plain"));
    assertEquals([dict.CONTENT_TYPE, dict.CONTENT_LENGTH], ["text/plain", "5"]);
    assertEquals([dict.HTTP_CONTENT_TYPE, dict.HTTP_CONTENT_LENGTH], [undefined, undefined]);
  });
  await t.step("a length of 0", () => assertEquals(dictOf(post("")).CONTENT_LENGTH, "0"));
  await t.step("chunked", () => {
    const dict = dictOf(postChunked("0\r\n\r\n"));
    assert(!("CONTENT_LENGTH" in dict) && !("CONTENT_TYPE" in dict));
    assertEquals(dict.HTTP_TRANSFER_ENCODING, "chunked");
  });
});

Deno.test("toEnvironDict takes Host from a target that has an authority", () => {
  const text = request("GET http://example.org:8080/a?b HTTP/1.1").replace(
    "Host: example.org",
    "Host: example.org:8080",
  );
  const dict = dictOf(text);
  assertEquals([dict.HTTP_HOST, dict.PATH_INFO, dict.QUERY_STRING], ["example.org:8080", "/a", "b"]);
});

Deno.test("toEnvironDict takes OPTIONS * as it is", () => {
  const dict = dictOf(request("OPTIONS * HTTP/1.1"), { protocol: { asteriskToApplication: true } });
  assertEquals(dict.PATH_INFO, "*");
});

Deno.test("S-7: toEnvironDict tells of TLS", () => {
  const tls = { version: "TLSv1.3", cipher: "TLS_AES_128_GCM_SHA256", serverName: "example.org" };
  const dict = dictOf(get(), { port: { tls } });
  assertEquals([dict.HTTPS, dict["wsgi.url_scheme"]], ["on", "https"]);
  assertEquals([dict.SSL_PROTOCOL, dict.SSL_CIPHER, dict.SSL_TLS_SNI], Object.values(tls));
});

Deno.test("S-7: toEnvironDict names a Unix domain socket, and leaves no server key empty", () => {
  const port: FakePortOptions = {
    local: { transport: "unix", path: "/s" },
    remote: { transport: "unix", path: "" },
  };
  const dict = dictOf("GET / HTTP/1.0\r\n\r\n", { port });
  assertEquals([dict.SERVER_NAME, dict.SERVER_PORT, dict.REMOTE_ADDR], ["unix", "80", "unix"]);
  assert(!("REMOTE_PORT" in dict));
});

Deno.test("S-7: toEnvironDict gives the scheme's port where a Unix domain socket has none", () => {
  const local = { transport: "unix", path: "/s" } as const;
  const dict = dictOf(get(), { port: { local, tls: { version: "TLSv1.3" } } });
  assertEquals([dict.SERVER_NAME, dict.SERVER_PORT], ["unix", "443"]);
});

Deno.test("S-1: toEnvironDict gives a plain object of its own each time", () => {
  const talk = new Talk((environ, startResponse) => {
    const dict = toEnvironDict(environ);
    for (const key of Object.keys(dict)) delete dict[key];
    assertEquals(toEnvironDict(environ).REQUEST_METHOD, "GET");
    assertEquals(Object.getPrototypeOf(dict), Object.prototype);
    startResponse(204);
  });
  talk.send(octets(get()));
  assertEquals(talk.errors, []);
});
