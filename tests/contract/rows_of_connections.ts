/**
 * Rows about connections, pipelining, limits and early ends (RFC 9112, sections 8 and 9).
 *
 * @module
 */

import { chunked, get, HOST, NEXT, plain, post, REFUSED, type Row, rows, SERVED } from "./row.ts";

/** Section 9.3 and 9.6. */
export function connections(): Row[] {
  const field = (value: string): string => get(`${HOST}Connection: ${value}\r\n`);
  const kept = [
    "",
    " ",
    "keep-alive",
    "Keep-Alive",
    "x",
    "x, y",
    ",",
    ", ,",
    ",keep-alive,",
    "closed",
    "not-close",
    "clos",
    "TE",
    "upgrade",
    "Host",
    "keep-alive, x",
  ];
  const closed = [
    "close",
    "Close",
    "CLOSE",
    " close ",
    "close, x",
    "x, close",
    "x,close,y",
    ",close",
    "close,",
    "\tclose\t",
    "keep-alive, close",
    "close, keep-alive",
    "close, close",
  ];
  const bad = [
    "clo se",
    "close;",
    "close; a",
    "close/",
    '"close"',
    "close\xa0",
    "\xe4",
    "a(b",
    "[close]",
    "x, y z",
    "close=1",
    "@",
  ];
  return [
    ...plain(kept, SERVED, field),
    ...plain(closed, "200 close", field),
    ...plain(bad, REFUSED, field),
    ...rows(
      [
        ["two lines, the second close", get(`${HOST}Connection: x\r\nConnection: close\r\n`), "200 close"],
        ["two lines, the first close", get(`${HOST}Connection: close\r\nConnection: keep-alive\r\n`), "200 close"],
        ["close on a POST", post("Connection: close\r\nContent-Length: 2\r\n", "hi"), "200 close"],
        ["close on chunks", post("Connection: close\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), "200 close"],
        ["close, then another request", `${field("close")}${NEXT}`, "200 close"],
        ["close, then rubbish", `${field("close")}\x00\x01\x02`, "200 close"],
        ["close on HEAD", `HEAD / HTTP/1.1\r\n${HOST}Connection: close\r\n\r\n`, "200 close"],
        ["names a framing field", post("Connection: Content-Length\r\nContent-Length: 2\r\n", "hi"), SERVED],
        [
          "names Transfer-Encoding",
          post("Connection: Transfer-Encoding\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
          SERVED,
        ],
        ["names Host", get(`${HOST}Connection: Host\r\n`), SERVED],
        [
          "Keep-Alive with parameters",
          get(`${HOST}Connection: keep-alive\r\nKeep-Alive: timeout=5, max=1\r\n`),
          SERVED,
        ],
        ["Proxy-Connection is another field", get(`${HOST}Proxy-Connection: close\r\n`), SERVED],
      ],
      SERVED,
    ),
  ];
}

/** Section 9.3: HTTP/1.0 lives on only if it asks. */
export function http10(): Row[] {
  return rows(
    [
      ["without Host", "GET / HTTP/1.0\r\n\r\n"],
      ["with Host", `GET / HTTP/1.0\r\n${HOST}\r\n`],
      ["keep-alive", "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", SERVED],
      ["Keep-Alive", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", SERVED],
      ["keep-alive in a list", "GET / HTTP/1.0\r\nConnection: x, keep-alive\r\n\r\n", SERVED],
      ["keep-alive and close", "GET / HTTP/1.0\r\nConnection: keep-alive, close\r\n\r\n"],
      ["another option", "GET / HTTP/1.0\r\nConnection: x\r\n\r\n"],
      ["POST", "POST /discard HTTP/1.0\r\nContent-Length: 2\r\n\r\nhi"],
      ["POST, kept alive", "POST /discard HTTP/1.0\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nhi", SERVED],
      ["POST without a length", "POST /discard HTTP/1.0\r\n\r\n"],
      ["HEAD", "HEAD / HTTP/1.0\r\n\r\n"],
      ["HEAD, kept alive", "HEAD / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n", SERVED],
      ["absolute form without Host", "GET http://a/ HTTP/1.0\r\n\r\n"],
      ["two requests without keep-alive", "GET / HTTP/1.0\r\n\r\nGET / HTTP/1.0\r\n\r\n"],
      ["Expect is not heeded", "POST /discard HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\nhi"],
      ["content without length is dropped", "POST /discard HTTP/1.0\r\n\r\nhello"],
      ["Host twice", `GET / HTTP/1.0\r\n${HOST}${HOST}\r\n`, REFUSED],
      ["Host that is none", "GET / HTTP/1.0\r\nHost: a/b\r\n\r\n", REFUSED],
      ["unanswered OPTIONS *", "OPTIONS * HTTP/1.0\r\n\r\n", "204 close"],
      ["LF line ends", "GET / HTTP/1.0\n\n", REFUSED],
      ["simple request of 0.9", "GET /\r\n", REFUSED],
      ["a stream ends with the connection", "GET /stream?pieces=3&size=5 HTTP/1.0\r\n\r\n"],
      [
        "a stream, keep-alive asked",
        "GET /stream?pieces=3&size=5 HTTP/1.0\r\nConnection: keep-alive\r\n\r\n",
        "200 close",
        SERVED,
      ],
    ],
    "200 close",
  );
}

/** RFC 9110, section 10.1.1. */
export function expectations(): Row[] {
  const field = (value: string): string => post(`Expect: ${value}\r\nContent-Length: 2\r\n`, "hi");
  const good = ["100-continue", "100-Continue", "100-CONTINUE", " 100-continue "];
  const bad = [
    "x",
    "100",
    "100-continued",
    "y 100-continue",
    "100-continue y",
    "100-continue, x",
    "100-continue;a",
    '"100-continue"',
    "200-ok",
    "100-continue=1",
    "x=y",
  ];
  return [
    ...plain(good, SERVED, field),
    ...plain(bad, "417 close", field),
    ...plain(["\x0b100-continue", "100-continue\x00", "\r100-continue", "100-continue\r\n y"], REFUSED, field),
    ...rows(
      [
        ["empty", field(""), "200|417 keep|close"],
        [
          "twice",
          post("Expect: 100-continue\r\nExpect: 100-continue\r\nContent-Length: 2\r\n", "hi"),
          "200|417 keep|close",
        ],
        ["without content", get(`${HOST}Expect: 100-continue\r\n`), SERVED],
        ["with empty content", post("Expect: 100-continue\r\nContent-Length: 0\r\n", ""), SERVED],
        ["unknown, without content", get(`${HOST}Expect: x\r\n`), "417 close"],
        ["with chunks", post("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n", "2\r\nhi\r\n0\r\n\r\n"), SERVED],
        [
          "with bad framing",
          post("Expect: 100-continue\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n", ""),
          REFUSED,
        ],
        ["with a bad length", post("Expect: 100-continue\r\nContent-Length: x\r\n", ""), REFUSED],
        [
          "obfuscated, a request as content",
          post(`Expect: y 100-continue\r\nContent-Length: ${NEXT.length}\r\n`, NEXT),
          "417 close",
        ],
        [
          "on a path that does not read",
          `POST /unread HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: ${NEXT.length}\r\n\r\n${NEXT}`,
          "200 close",
          SERVED,
        ],
        [
          "on a GET that does not read",
          `GET / HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: ${NEXT.length}\r\n\r\n${NEXT}`,
          "200 close",
        ],
        ["with a space before the colon", post("Expect : 100-continue\r\nContent-Length: 2\r\n", "hi"), REFUSED],
        ["with broken chunks", post("Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n", "x\r\n"), REFUSED],
      ],
      SERVED,
    ),
  ];
}

/** RFC 9110, sections 7.8 and 9.3.6. */
export function upgrades(): Row[] {
  const connect = (target: string): string => `CONNECT ${target} HTTP/1.1\r\nHost: a\r\n\r\n`;
  const bad = [
    "/",
    "*",
    "a",
    "a:",
    ":80",
    "a:b",
    "a:80/",
    "http://a/",
    "http://a:80",
    "u@a:80",
    "a:65536",
    "a b:80",
    "[::1]",
    "//a:80",
    "a:80#x",
    "a:80?x",
  ];
  return [
    ...plain(bad, REFUSED, connect),
    ...plain(["a:80", "a.example:443", "[::1]:443", "127.0.0.1:0"], "501 close", connect).map((row) => ({
      ...row,
      methods: ["CONNECT"],
    })),
    ...rows(
      [
        [
          "websocket to a path that has none",
          get(
            `${HOST}Connection: upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n`,
          ),
          SERVED,
        ],
        [
          "h2c is not taken",
          get(
            `${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA\r\n`,
          ),
          SERVED,
        ],
        ["an empty Upgrade", get(`${HOST}Connection: upgrade\r\nUpgrade:\r\n`), SERVED],
        [
          "Upgrade that Connection does not name",
          `GET /upgrade HTTP/1.1\r\n${HOST}Upgrade: echo\r\n\r\n`,
          "426 keep",
          SERVED,
        ],
        [
          "Connection that names no Upgrade",
          `GET /upgrade HTTP/1.1\r\n${HOST}Connection: upgrade\r\n\r\n`,
          "426 keep",
          SERVED,
        ],
        [
          "to another protocol",
          `GET /upgrade HTTP/1.1\r\n${HOST}Connection: upgrade\r\nUpgrade: other\r\n\r\n`,
          "426 keep",
          SERVED,
        ],
        [
          "in HTTP/1.0",
          "GET /upgrade HTTP/1.0\r\nConnection: upgrade\r\nUpgrade: echo\r\n\r\n",
          "426 close",
          "200 close",
        ],
        [
          "with broken framing",
          `GET /upgrade HTTP/1.1\r\n${HOST}Connection: upgrade\r\nUpgrade: echo\r\nContent-Length: x\r\n\r\n`,
          REFUSED,
        ],
        ["CONNECT in HTTP/1.0", "CONNECT a:80 HTTP/1.0\r\n\r\n", "501 close"],
        ["CONNECT without Host", "CONNECT a:80 HTTP/1.1\r\n\r\n", REFUSED],
        ["CONNECT with content", `CONNECT a:80 HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi`, "501 close"],
      ],
      SERVED,
    ),
  ];
}

/** Section 9.3.2: answers 1 to n first, then the refusal of what is behind. */
export function pipelines(): Row[] {
  const broken = "GET / HTTP/1.1\r\nHost : a\r\n\r\n";
  return rows(
    [
      ["two", NEXT.repeat(2), "200 200 keep"],
      ["sixteen", NEXT.repeat(16), `${"200 ".repeat(16)}keep`],
      ["one, then broken", `${NEXT}${broken}`, "200 400 close"],
      ["three, then broken, then one", `${NEXT.repeat(3)}${broken}${NEXT}`, "200 200 200 400 close"],
      ["one, then rubbish", `${NEXT}\x16\x03\x01\x00\x00`, "200 400 close"],
      ["one, then an unsupported version", `${NEXT}GET / HTTP/2.0\r\n\r\n`, "200 505 close"],
      ["one, then a missing Host", `${NEXT}${get("")}`, "200 400 close"],
      ["one, then an unknown expectation", `${NEXT}${get(`${HOST}Expect: x\r\n`)}`, "200 417 close"],
      ["a slow one, then broken", `GET /sleep?ms=50 HTTP/1.1\r\n${HOST}\r\n${broken}`, "200 400 close"],
      ["a slow one, then a fast one", `GET /sleep?ms=50 HTTP/1.1\r\n${HOST}\r\n${NEXT}`, "200 200 keep"],
      ["content, then broken", `${post("Content-Length: 2\r\n", "hi")}${broken}`, "200 400 close"],
      ["chunks, then broken", `${chunked("2\r\nhi\r\n0\r\n\r\n")}${broken}`, "200 400 close"],
      ["one, then broken chunks", `${NEXT}${chunked("x\r\n")}`, "200 400 close"],
      ["one, then close, then one", `${NEXT}${get(`${HOST}Connection: close\r\n`)}${NEXT}`, "200 200 close"],
      [
        "unread content, then one",
        `POST /unread HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi${NEXT}`,
        "200 200 keep",
      ],
      [
        "unread chunks, then one",
        `POST /unread HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n${NEXT}`,
        "200 200 keep",
      ],
      [
        "unread broken chunks, then one",
        `POST /unread HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\nx\r\n${NEXT}`,
        "200 close",
        REFUSED,
      ],
      ["a stream, then broken", `GET /stream?pieces=3&size=5 HTTP/1.1\r\n${HOST}\r\n${broken}`, "200 400 close"],
      ["one, then half of one", `${NEXT}GET / HT`, "200 ends"],
      ["one, then two line ends", `${NEXT}\r\n\r\n`, "200 400 close"],
      ["HTTP/1.0 kept alive, then 1.1", `GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n${NEXT}`, "200 200 keep"],
      ["405 statuses", `GET /status/405 HTTP/1.1\r\n${HOST}\r\n${NEXT}`, "405 200 keep", "200 200 keep"],
      ["not there, then one", `GET /nothing HTTP/1.1\r\n${HOST}\r\n${NEXT}`, "404 200 keep", "200 200 keep"],
    ],
    SERVED,
  ).concat([
    {
      name: "HEAD, then GET",
      octets: `HEAD / HTTP/1.1\r\n${HOST}\r\n${NEXT}`,
      outcome: "200 200 keep",
      methods: ["HEAD", "GET"],
    },
    {
      name: "GET, then HEAD",
      octets: `${NEXT}HEAD / HTTP/1.1\r\n${HOST}\r\n`,
      outcome: "200 200 keep",
      methods: ["GET", "HEAD"],
    },
    { name: "204, then one", octets: `OPTIONS * HTTP/1.1\r\n${HOST}\r\n${NEXT}`, outcome: "204 200 keep" },
    {
      name: "CONNECT, then one",
      octets: `CONNECT a:80 HTTP/1.1\r\n${HOST}\r\n${NEXT}`,
      outcome: "501 close",
      methods: ["CONNECT"],
    },
  ]);
}

/** The limits of `core/limits.ts`, by default. */
export function limits(): Row[] {
  return rows(
    [
      ["a request line of 8192 octets", get(HOST, `/?${"a".repeat(8192 - 15)}`), SERVED],
      ["a request line of 8193 octets", get(HOST, `/?${"a".repeat(8193 - 15)}`), "414 close"],
      ["a request line of 20000 octets", get(HOST, `/${"a".repeat(20_000)}`), "414 close"],
      ["a request line without end", `GET /${"a".repeat(9000)}`, "414 close"],
      ["a request line without end, 200 KiB", `GET /${"a".repeat(204_800)}`, "414 close"],
      ["no space within the limit", "G".repeat(9000), "400|414|501 close"],
      ["a field of 30000 octets", get(`${HOST}X: ${"y".repeat(30_000)}\r\n`), SERVED],
      ["a field of 33000 octets", get(`${HOST}X: ${"y".repeat(33_000)}\r\n`), "431 close"],
      ["a field without end", `GET / HTTP/1.1\r\n${HOST}X: ${"y".repeat(40_000)}`, "431 close"],
      ["a field without end, 300 KiB", `GET / HTTP/1.1\r\n${HOST}X: ${"y".repeat(307_200)}`, "431 close"],
      ["a name without end", `GET / HTTP/1.1\r\n${HOST}${"X".repeat(40_000)}`, "431 close"],
      ["white space without end", `GET / HTTP/1.1\r\n${HOST}X:${" ".repeat(40_000)}`, "431 close"],
      ["100 field lines", get(`${HOST}${"X: y\r\n".repeat(99)}`), SERVED],
      ["101 field lines", get(`${HOST}${"X: y\r\n".repeat(100)}`), "431 close"],
      ["5000 field lines", get(`${HOST}${"X: y\r\n".repeat(5000)}`), "431 close"],
      ["many fields of many octets", get(HOST + `X: ${"y".repeat(400)}\r\n`.repeat(90)), "431 close"],
      ["many cookies", get(HOST + `Cookie: ${"a=b; ".repeat(100)}c=d\r\n`.repeat(20)), SERVED],
      ["a chunk line of 300 octets", chunked(`5;${"a".repeat(300)}\r\nhello\r\n0\r\n\r\n`), REFUSED],
      ["a chunk line without end", chunked(`5;${"a".repeat(2000)}`), REFUSED],
      ["zeros without end", chunked("0".repeat(2000)), REFUSED],
      ["empty lines without end", "\r\n".repeat(5000), REFUSED],
      ["a trailer section without end", chunked(`0\r\n${"X: y\r\n".repeat(3000)}`), "431 close"],
    ],
    SERVED,
  );
}

/** What comes to a port by mistake, or to find out what is there. */
export function otherProtocols(): Row[] {
  return [
    ...rows(
      [
        ["TLS client hello", `\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03${"\x5a".repeat(160)}`],
        ["SSL 2 client hello", "\x80\x2e\x01\x00\x02\x00\x15\x00\x00\x00\x10"],
        ["HTTP/2 preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "400|505 close"],
        ["HTTP/2 frames", "\x00\x00\x12\x04\x00\x00\x00\x00\x00"],
        ["PROXY protocol 1", `PROXY TCP4 127.0.0.1 127.0.0.1 1 2\r\n${NEXT}`],
        ["PROXY protocol 2", "\r\n\r\n\x00\r\nQUIT\n\x21\x11\x00\x0c"],
        ["SSH", "SSH-2.0-OpenSSH_9.6\r\n"],
        ["SMTP", "EHLO a.example\r\n"],
        ["a SIP request", "OPTIONS sip:a SIP/2.0\r\n\r\n"],
        ["an RTSP request", "OPTIONS * RTSP/1.0\r\n\r\n"],
        ["Redis", "*1\r\n$4\r\nPING\r\n"],
        ["Redis inline", "PING\r\n"],
        ["memcached", "get a\r\n"],
        ["SOCKS 5", "\x05\x01\x00"],
        ["an LDAP bind", "\x30\x0c\x02\x01\x01\x60\x07\x02\x01\x03\x04\x00\x80\x00"],
        ["RDP", "\x03\x00\x00\x13\x0e\xe0\x00\x00"],
        ["an HTTP answer", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"],
        ["JSON", '{"a": "b"}\r\n'],
        ["a shell", "() { :; }; echo\r\n"],
        ["NULs", "\x00".repeat(100)],
        ["ones", "\xff".repeat(100)],
        ["a byte order mark of UTF-16", "\xff\xfeG\x00E\x00T\x00"],
        ["only LFs", "\n\n\n\n"],
      ],
      REFUSED,
    ),
  ];
}

/** Section 8 and 9.6: the client ends its side behind the octets. */
export function halfCloses(): Row[] {
  const unfinished = (text: string): string => text.slice(0, -1);
  return [
    ...rows(
      [
        ["nothing at all", "", "ends"],
        ["behind a request", NEXT, "200 ends"],
        ["behind two requests", NEXT.repeat(2), "200 200 ends"],
        ["behind a slow request", `GET /sleep?ms=50 HTTP/1.1\r\n${HOST}\r\n`, "200 ends"],
        ["behind content", post("Content-Length: 2\r\n", "hi"), "200 ends"],
        ["behind chunks", chunked("2\r\nhi\r\n0\r\n\r\n"), "200 ends"],
        ["behind HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", "200 ends"],
        ["behind a refusal", get(""), "400 ends"],
        ["behind OPTIONS *", `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, "204 ends"],
        ["behind a request and half of one", `${NEXT}GET /`, "200 ends"],
        ["behind unread content", `POST /unread HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi`, "200 ends"],
        [
          "behind unread content and a request",
          `GET / HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi${NEXT}`,
          "200 200 ends",
        ],
        [
          "behind unread content and a request, slowly answered",
          `POST /sleep?ms=30 HTTP/1.1\r\n${HOST}Content-Length: 2\r\n\r\nhi${NEXT}`,
          "200 200 ends",
        ],
        [
          "behind unread chunks and a request, slowly answered",
          `POST /sleep?ms=30 HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n${NEXT}`,
          "200 200 ends",
        ],
        [
          "within unread content",
          `POST /unread HTTP/1.1\r\n${HOST}Content-Length: 9\r\n\r\nhi`,
          "200 ends",
          "400 ends",
        ],
        ["within content", post("Content-Length: 9\r\n", "hi"), "400 ends"],
        ["before content", post("Content-Length: 9\r\n", ""), "400 ends"],
        ["before content that waits for a 100", post("Expect: 100-continue\r\nContent-Length: 9\r\n", ""), "400 ends"],
        ["within chunks", chunked("5\r\nhel"), "400 ends"],
        ["before the last chunk", chunked("5\r\nhello\r\n"), "400 ends"],
        ["within the trailer section", chunked("5\r\nhello\r\n0\r\nX: y\r\n"), "400 ends"],
        ["before chunks", chunked(""), "400 ends"],
        ["within a size", chunked("5"), "400 ends"],
        ["in HTTP/1.0 content", "POST /discard HTTP/1.0\r\nContent-Length: 9\r\n\r\nhi", "400 ends"],
      ],
      "ends",
    ),
    ...everyPlace("GET, at", `GET / HTTP/1.1\r\n${HOST}X: y\r\n\r\n`, "200"),
    ...everyPlace("POST, at", post("Content-Length: 5\r\n", "hello"), "200"),
    ...everyPlace("chunks, at", chunked("5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n"), "200"),
    ...rows([["unfinished", unfinished(NEXT)]], "ends"),
  ];
}

/** The client leaves at each place of a request: nothing within the head, 400 within the content, never a 2xx. */
function everyPlace(name: string, octets: string, status: string): Row[] {
  const headEnd = octets.indexOf("\r\n\r\n") + 4;
  const made: Row[] = [];
  for (let at = 1; at <= octets.length; at++) {
    const outcome = at === octets.length ? `${status} ends` : at < headEnd ? "ends" : "400 ends";
    made.push({ name: `${name} ${at}`, octets: octets.slice(0, at), outcome });
  }
  return made;
}
