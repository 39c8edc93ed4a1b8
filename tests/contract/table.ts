/**
 * Requests, most of them malformed or unusual, each with what a server may do. Sections of RFC 9112 unless they say
 * otherwise; where the RFCs leave a choice, what is permitted is what this project has chosen.
 *
 * Octets are strings here, one character one octet.
 *
 * @module
 */

/**
 * What a server may do: the statuses of the final responses in order, alternatives parted by `|`, then how the
 * connection goes on:
 *
 * - `keep`: a further request on it is served
 * - `close`: the server ends it by itself, and serves nothing that comes behind
 * - `ends`: the client ends its side behind the octets; then the server ends its own
 */
export type Outcome = string;

/** One row. */
export interface Row {
  /** What it shows. */
  readonly name: string;
  /** What the client sends. */
  readonly octets: string;
  /** What the server may do, whatever it serves. */
  readonly outcome: Outcome;
  /** What it may do where it serves a fetch handler, if that differs. */
  readonly fetch?: Outcome;
  /** The methods of the requests, where an answer has to be read otherwise: HEAD, CONNECT. @default {as the octets begin} */
  readonly methods?: readonly string[];
}

/** Rows of one kind; each entry gives what differs. */
type Entries = readonly (readonly [name: string, octets: string, outcome?: Outcome, fetch?: Outcome])[];

const HOST = "Host: a\r\n";
const REFUSED = "400 close";
const SERVED = "200 keep";
/** Served, and then behind the answer: one that is whole. */
const NEXT = `GET / HTTP/1.1\r\n${HOST}\r\n`;

/** All rows, by what they are about. */
export const TABLE: Readonly<Record<string, readonly Row[]>> = {
  "request line": requestLines(),
  "version": versions(),
  "method": methods(),
  "target": targets(),
  "Host": hosts(),
  "empty lines": emptyLines(),
  "field lines": fieldLines(),
  "line ends": lineEnds(),
  "Content-Length": contentLengths(),
  "Transfer-Encoding": transferEncodings(),
  "both framing fields": bothFramings(),
  "chunk size": chunkSizes(),
  "chunk extension": chunkExtensions(),
  "chunk data": chunkData(),
  "trailer section": trailerSections(),
  "content of any method": contentOfAnyMethod(),
  "Connection": connections(),
  "HTTP/1.0": http10(),
  "Expect": expectations(),
  "Upgrade and CONNECT": upgrades(),
  "pipelining": pipelines(),
  "limits": limits(),
  "other protocols": otherProtocols(),
  "half-close": halfCloses(),
};

/** A request without content. */
function get(fields: string = HOST, target = "/"): string {
  return `GET ${target} HTTP/1.1\r\n${fields}\r\n`;
}

/** A request whose content is read by whatever serves it. */
function post(fields: string, content: string): string {
  return `POST /discard HTTP/1.1\r\n${HOST}${fields}\r\n${content}`;
}

function chunked(content: string): string {
  return post("Transfer-Encoding: chunked\r\n", content);
}

/** Makes rows; `make` turns what an entry gives into octets. */
function rows(entries: Entries, fallback: Outcome, make: (octets: string) => string = (octets) => octets): Row[] {
  return entries.map(([name, octets, outcome = fallback, fetch]) => ({
    name,
    octets: make(octets),
    outcome,
    ...(fetch === undefined ? {} : { fetch }),
  }));
}

/** Rows whose name is what they send. */
function plain(texts: readonly string[], outcome: Outcome, make: (octets: string) => string): Row[] {
  return texts.map((text) => ({ name: JSON.stringify(text), octets: make(text), outcome }));
}

/** Section 3. */
function requestLines(): Row[] {
  const lines = [
    "GET  / HTTP/1.1",
    "GET /  HTTP/1.1",
    " GET / HTTP/1.1",
    "\tGET / HTTP/1.1",
    "GET\t/ HTTP/1.1",
    "GET /\tHTTP/1.1",
    "GET / HTTP/1.1 ",
    "GET / HTTP/1.1\t",
    "GET / HTTP/1.1 x",
    "GET / x HTTP/1.1",
    "GET /a b HTTP/1.1",
    "GET",
    "GET ",
    "GET /",
    "GET / ",
    "GET  HTTP/1.1",
    "GETHTTP/1.1",
    "/ HTTP/1.1",
    "HTTP/1.1 200 OK",
    "HTTP/1.1",
    "\x0bGET / HTTP/1.1",
    "GET\x0b/ HTTP/1.1",
    "GET /\x0bHTTP/1.1",
    "GET\x0c/\x0cHTTP/1.1",
    "GET\xa0/\xa0HTTP/1.1",
    "GET /\x00 HTTP/1.1",
    "GET / HTTP/1.1\x00",
    "GET / HTTP/1.1\x0b",
    "\xef\xbb\xbfGET / HTTP/1.1",
    "GET /,HTTP/1.1",
    "GET:/ HTTP/1.1",
    "{}",
    "0",
  ];
  return plain(lines, REFUSED, (line) => `${line}\r\n${HOST}\r\n`);
}

/** Section 2.3. */
function versions(): Row[] {
  const line = (version: string): string => `GET / ${version}\r\n${HOST}\r\n`;
  const bad = [
    "http/1.1",
    "Http/1.1",
    "HTTp/1.1",
    "HTTP/1",
    "HTTP/1.",
    "HTTP/.1",
    "HTTP/11",
    "HTTP/1.10",
    "HTTP/1.01",
    "HTTP/01.1",
    "HTTP/10.1",
    "HTTP/1.1.1",
    "HTTP/1,1",
    "HTTP/1.x",
    "HTTP/x.1",
    "HTTP/+1.1",
    "HTTP/-1.1",
    "HTTP/1.-1",
    "HTTP/ 1.1",
    "HTTP/1. 1",
    "HTTP /1.1",
    "HTTP//1.1",
    "HTTP1.1",
    "HTTP-1.1",
    "XHTTP/1.1",
    "HTTPS/1.1",
    "ICY/1.1",
    "RTSP/1.0",
    "HTTP/\xb9.1",
    "HTTP/1.\xb2",
    "HTTP/1.1;x",
    "HTTP/2.00",
    "/1.1",
    "1.1",
  ];
  return [
    ...plain(bad, REFUSED, line),
    ...plain(["HTTP/0.0", "HTTP/0.9", "HTTP/2.0", "HTTP/2.1", "HTTP/3.0", "HTTP/9.9"], "505 close", line),
    ...plain(["HTTP/1.1", "HTTP/1.2", "HTTP/1.9"], SERVED, line),
  ];
}

/** Section 3.1, RFC 9110, section 9.1. */
function methods(): Row[] {
  const line = (method: string): string => `${method} / HTTP/1.1\r\n${HOST}\r\n`;
  const bad = ["", "G(T", "G)T", "G<T", "G>T", "G@T", "G,T", "G;T", "G:T", "G\\T", "G/T", "G[T", "G]T", "G{T", "G}T"];
  const worse = ["G?T", "G=T", 'G"T', "G\x00T", "G\x01T", "G\x7fT", "G\x80T", "G\xffT", "GET\x00", "GET:", "GET /x"];
  const known = [
    "POST",
    "PUT",
    "PATCH",
    "DELETE",
    "OPTIONS",
    "PROPFIND",
    "M-SEARCH",
    "BREW",
    "!#$%&'*+-.^_`|~09Az",
    "X",
  ];
  return [
    ...plain([...bad, ...worse], REFUSED, line),
    ...plain([...known, "PRI", "patch", "Brew", "A".repeat(32)], SERVED, line),
    ...rows(
      [
        ["get, which is not GET", "get"],
        ["Get, which is not GET", "Get"],
        ["pOST, which is not POST", "pOST"],
        ["options, which is not OPTIONS", "options"],
        ["TRACE is the application's", "TRACE"],
        ["TRACK is the application's", "TRACK"],
      ].map(([name, method]) => [name!, method!, SERVED, "501 keep"] as const),
      SERVED,
      line,
    ),
    { name: "HEAD", octets: line("HEAD"), outcome: SERVED },
    { name: "head, which is not HEAD", octets: line("head"), outcome: SERVED, fetch: "501 keep" },
    { name: "33 octets", octets: line("A".repeat(33)), outcome: "501 close" },
    { name: "8000 octets", octets: line("A".repeat(8000)), outcome: "501 close" },
    { name: "9000 octets", octets: line("A".repeat(9000)), outcome: "400|414|501 close" },
  ];
}

/** Section 3.2. */
function targets(): Row[] {
  const line = (target: string): string => get(HOST, target);
  const bad = [
    "*",
    "a",
    "a/b",
    "?a",
    "#a",
    "/#a",
    "/a#",
    "/a?b#c",
    "http:",
    "http:/",
    "http:///",
    "http://",
    "http:a",
    "http:/a",
    "http://?q",
    "http://a#b",
    "http://u@a/",
    "http://u:p@a/",
    "http://a:b/",
    "http://a:65536/",
    "http://a:-1/",
    "http://a,b/",
    "http://a b/",
    "http://[::1/",
    "http://[a]/",
    "http://a\\b/",
    "ftp://a/",
    "mailto:a",
    "a:80",
    "a:80/",
    "file:///",
    '/"',
    "/<",
    "/>",
    "/\\",
    "/a\\b?c",
    "/\x7f",
    "/\x80",
    "/\xff",
    "/\xc3\xa4",
    "/\x01",
    "/\x1f",
    "/a\x00b",
    "/a\rb",
  ];
  const good = [
    "/?",
    "/?a",
    "/?a=b&c=d",
    "/??",
    "/?/",
    "/?a\\b",
    "/?{}|^`[]",
    "/?%",
    "/?%zz",
    "/?%00%0d%0a",
    "/?u=http://u@b:99999/",
    "/?'",
    "/?;a",
    "http://a/",
    "http://a",
    "http://a:80/",
    "http://a:/",
    "http://b.example/",
    "HTTP://a/",
    "HtTp://A/",
    "http://a?q",
    "http://[::1]/",
    "http://127.0.0.1:8080/",
  ];
  const elsewhere: Entries = [
    ["//b.example/x is a path", "//b.example/x"],
    ["// is a path", "//"],
    ["dot segments stay", "/a/../../etc/passwd"],
    ["escapes stay", "/%2e%2e/%00"],
    ["malformed escapes stay", "/%zz%"],
    ["what browsers send unescaped", "/{}|^`[]"],
    ["of 4000 octets", `/${"a".repeat(4000)}`],
  ];
  return [
    ...plain(bad, REFUSED, line),
    ...plain(good, SERVED, line),
    ...rows(elsewhere, "404 keep", line).map((row) => ({ ...row, fetch: SERVED })),
    { name: "https on clear text", octets: line("https://a/"), outcome: "421 close|keep" },
    { name: "OPTIONS *", octets: `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`, outcome: "204 keep" },
    {
      name: "OPTIONS of an absolute form without path",
      octets: `OPTIONS http://a HTTP/1.1\r\n${HOST}\r\n`,
      outcome: "200|204|404 keep",
    },
    { name: "OPTIONS */", octets: `OPTIONS */ HTTP/1.1\r\n${HOST}\r\n`, outcome: REFUSED },
    { name: "OPTIONS **", octets: `OPTIONS ** HTTP/1.1\r\n${HOST}\r\n`, outcome: REFUSED },
    { name: "POST *", octets: `POST * HTTP/1.1\r\n${HOST}\r\n`, outcome: REFUSED },
  ];
}

/** Section 3.2, RFC 9110, section 7.2. */
function hosts(): Row[] {
  const line = (value: string): string => get(`Host: ${value}\r\n`);
  const bad = [
    "",
    " ",
    "a b",
    "a,b",
    "a, b",
    "a/",
    "a/b",
    "a?b",
    "a#b",
    "u@a",
    "u:p@a",
    "a:b",
    "a:80:80",
    "a:65536",
    "a:99999999999999999999",
    "a:-1",
    "a:+80",
    "a: 80",
    "a :80",
    ":80",
    ":",
    "http://a",
    "http://a/",
    "//a",
    "a\\b",
    "a%zz",
    "a%",
    'a"b',
    "a<b",
    "a>b",
    "a^b",
    "a`b",
    "a{b}",
    "a|b",
    "\xe4.example",
    "a\x80",
    "a\tb",
    "[::1",
    "::1",
    "[::1]x",
    "[]",
    "[a]",
    "[1.2.3.4]",
    "[::1%eth0]",
    "[:::]",
    "[1:2:3:4:5:6:7]",
    "[1:2:3:4:5:6:7:8:9]",
    "[12345::]",
  ];
  const good = [
    "a",
    "A.EXAMPLE",
    "a.",
    "a:",
    "a:0",
    "a:80",
    "a:65535",
    "a:0080",
    "127.0.0.1",
    "127.0.0.1:80",
    "[::1]",
    "[::1]:80",
  ];
  return [
    ...plain(bad, REFUSED, line),
    ...plain(good, SERVED, line),
    ...plain(["a_b", "~a", "!$&'()*+;=", "[::ffff:1.2.3.4]"], SERVED, line).map((row) => ({
      ...row,
      // A host that is one in HTTP may be none in a URL.
      fetch: "200|400 keep",
    })),
    ...rows(
      [
        ["an escape", "a%41"],
        ["an IPv4 address that is none", "1.2.3.256"],
        ["an address of a future version", "[v1.a]"],
      ],
      SERVED,
      line,
    ).map((row) => ({ ...row, fetch: "200|400 keep" })),
    ...rows(
      [
        ["missing", get("")],
        ["missing, with another field", get("X: y\r\n")],
        ["twice", get(`${HOST}${HOST}`)],
        ["twice, different", get(`${HOST}Host: b\r\n`)],
        ["twice, in another case", get(`${HOST}hOST: a\r\n`)],
        ["twice, the second empty", get(`${HOST}Host:\r\n`)],
        ["with a space before the colon", get("Host : a\r\n")],
        ["with a space before the name", get(" Host: a\r\n")],
        ["folded", get("Host:\r\n a\r\n")],
        ["folded behind", get(`${HOST} b\r\n`)],
        ["hidden in a fold", get(`X: y\r\n Host: b\r\n${HOST}`)],
        ["missing beside an absolute form", get("", "http://a/")],
        ["invalid beside an absolute form", get("Host: a/b\r\n", "http://a/")],
        ["twice beside an absolute form", get(`${HOST}${HOST}`, "http://a/")],
        ["without a colon", get("Host a\r\n")],
      ],
      REFUSED,
    ),
    ...rows(
      [
        ["another than the absolute form's", get("Host: b\r\n", "http://a/")],
        ["without a space", get("Host:a\r\n")],
        ["between white space", get("Host: \t a \t \r\n")],
        ["in capitals", get("HOST: a\r\n")],
        ["behind other fields", get(`X: y\r\n${HOST}`)],
        ["beside X-Forwarded-Host", get(`${HOST}X-Forwarded-Host: b/c\r\n`)],
      ],
      SERVED,
    ),
  ];
}

/** Section 2.2: "ignore at least one empty line (CRLF) received prior to the request-line". */
function emptyLines(): Row[] {
  return rows(
    [
      ["one before", `\r\n${NEXT}`, SERVED],
      ["two before", `\r\n\r\n${NEXT}`],
      ["many before", `${"\r\n".repeat(50)}${NEXT}`],
      ["a bare LF before", `\n${NEXT}`],
      ["a bare CR before", `\r${NEXT}`],
      ["CR CR LF before", `\r\r\n${NEXT}`],
      ["LF CR before", `\n\r${NEXT}`],
      ["a space and a line end before", ` \r\n${NEXT}`],
      ["one between requests", `${NEXT}\r\n${NEXT}`, "200 200 keep"],
      ["two between requests", `${NEXT}\r\n\r\n${NEXT}`, "200 400 close"],
      ["one behind content", `${post("Content-Length: 2\r\n", "hi")}\r\n${NEXT}`, "200 200 keep"],
      ["one behind chunks", `${chunked("0\r\n\r\n")}\r\n${NEXT}`, "200 200 keep"],
      ["only one, then nothing", "\r\n", "ends"],
      ["only a CR, then nothing", "\r", "ends"],
    ],
    REFUSED,
  );
}

/** Section 5, RFC 9110, sections 5.1 and 5.5. */
function fieldLines(): Row[] {
  const line = (text: string): string => get(`${HOST}${text}\r\n`);
  const bad = [
    ":",
    ": x",
    "X",
    "X x",
    "X y: z",
    "X : y",
    "X\t: y",
    "X\x0b: y",
    " X: y",
    "\tX: y",
    "X: y\r\n z",
    "X: y\r\n\tz",
    "X: y\r\n ",
    "X: y\r\n \r\n z",
    "X:\r\n y",
    "(X): y",
    "X(: y",
    "X,Y: z",
    "X;Y: z",
    "X/Y: z",
    "X=Y: z",
    "X@Y: z",
    "X[0]: z",
    "X{}: z",
    "X\\Y: z",
    '"X": y',
    "<X>: y",
    "X?: y",
    "X\x00: y",
    "X\x7f: y",
    "X\x80: y",
    "\xefX: y",
    "X: \x00",
    "X: a\x00b",
    "X: \x01",
    "X: a\x08b",
    "X: a\x0bb",
    "X: a\x0cb",
    "X: a\x0eb",
    "X: a\x1bb",
    "X: a\x1fb",
    "X: a\x7fb",
    "GET / HTTP/1.1",
    "HTTP/1.1 200 OK",
  ];
  const good = [
    "X:",
    "X: ",
    "X:\t",
    "X:y",
    "X: y ",
    "X: \t y \t ",
    "X: a:b:c",
    "X: a\tb",
    "X: \x80\xff",
    "X: \xe4\xf6\xfc",
    'X: "\\"(){}[]<>@,;:/?=',
    "!#$%&'*+-.^_`|~09Az: x",
    "X_Y: z",
    "Content_Length: 5",
    "Transfer_Encoding: chunked",
    "__proto__: x",
    "constructor: x",
    "hasOwnProperty: x",
    "toString: x",
    "Content-Length-X: 5",
    "X-Content-Length: 5",
    "Content-Type: a/b\r\nContent-Type: c/d",
    "Cookie: a=b\r\nCookie: c=d",
    "X: y\r\nX: z\r\nx: y",
  ];
  return [
    ...plain(bad, REFUSED, line),
    ...plain(good, SERVED, line),
    { name: "a space behind the request line", octets: `GET / HTTP/1.1\r\n X: y\r\n${HOST}\r\n`, outcome: REFUSED },
    { name: "an empty fold behind the request line", octets: `GET / HTTP/1.1\r\n \r\n${HOST}\r\n`, outcome: REFUSED },
  ];
}

/** Section 2.2: only CRLF ends a line. */
function lineEnds(): Row[] {
  return rows(
    [
      ["LF everywhere", "GET / HTTP/1.1\nHost: a\n\n"],
      ["LF behind the request line", "GET / HTTP/1.1\nHost: a\r\n\r\n"],
      ["LF behind a field", "GET / HTTP/1.1\r\nHost: a\n\r\n"],
      ["LF as the last line", "GET / HTTP/1.1\r\nHost: a\r\n\n"],
      ["LF LF as the end", "GET / HTTP/1.1\r\nHost: a\n\n"],
      ["CR behind the request line", "GET / HTTP/1.1\rHost: a\r\n\r\n"],
      ["CR behind a field", "GET / HTTP/1.1\r\nHost: a\rX: y\r\n\r\n"],
      ["CR CR LF behind the request line", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n"],
      ["CR CR LF behind a field", "GET / HTTP/1.1\r\nHost: a\r\r\n\r\n"],
      ["CR CR LF as the last line", "GET / HTTP/1.1\r\nHost: a\r\n\r\r\n"],
      ["LF CR behind a field", "GET / HTTP/1.1\r\nHost: a\n\r\r\n"],
      ["CR within a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n"],
      ["LF within a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\nb\r\n\r\n"],
      ["CR within a name", "GET / HTTP/1.1\r\nHost: a\r\nX\rY: b\r\n\r\n"],
      ["LF within a name", "GET / HTTP/1.1\r\nHost: a\r\nX\nY: b\r\n\r\n"],
      ["CR before the colon", "GET / HTTP/1.1\r\nHost: a\r\nX\r: b\r\n\r\n"],
      ["NEL as line end", "GET / HTTP/1.1\r\nHost: a\x85X: y\r\n\r\n"],
      ["a field that LF hides", "GET / HTTP/1.1\r\nHost: a\r\nX: y\nContent-Length: 5\r\n\r\n"],
      ["a field that CR hides", "GET / HTTP/1.1\r\nHost: a\r\nX: y\rTransfer-Encoding: chunked\r\n\r\n"],
      ["LF in content is content", post("Content-Length: 4\r\n", "\n\r\r\n"), SERVED],
    ],
    REFUSED,
  );
}

/** Section 6.2, RFC 9110, section 8.6. */
function contentLengths(): Row[] {
  const field = (value: string): string => post(`Content-Length: ${value}\r\n`, "hello");
  const bad = [
    "",
    " ",
    "+5",
    "-5",
    "-0",
    "05",
    "005",
    "00",
    "5,",
    ",5",
    "5,5",
    "5, 5",
    "5, 6",
    "5;5",
    "5 5",
    "5\t5",
    "5x",
    "x5",
    "0x5",
    "5e0",
    "5.0",
    ".5",
    "5.",
    "5_0",
    "1_0",
    '"5"',
    "(5)",
    "five",
    "Infinity",
    "NaN",
    "null",
    "\xb5",
    "\xa05",
    "5\xa0",
    "5\x0b",
    "\x0b5",
    "5\x00",
    "\xd9\xa5",
    "9007199254740992",
    "18446744073709551616",
    "18446744073709551621",
    "4294967301x",
    "99999999999999999999999999",
    "1".repeat(400),
  ];
  return [
    ...plain(bad, REFUSED, field),
    ...plain(["5", " 5", "5 ", "\t5\t"], SERVED, field),
    ...rows(
      [
        ["twice, equal", post("Content-Length: 5\r\nContent-Length: 5\r\n", "hello")],
        ["twice, different", post("Content-Length: 5\r\nContent-Length: 6\r\n", "hello!")],
        ["twice, the other case", post("Content-Length: 5\r\ncontent-length: 5\r\n", "hello")],
        ["twice, the first zero", post("Content-Length: 0\r\nContent-Length: 5\r\n", "hello")],
        ["twice, both zero", post("Content-Length: 0\r\nContent-Length: 0\r\n", "")],
        ["with a space before the colon", post("Content-Length : 5\r\n", "hello")],
        ["with a tab before the colon", post("Content-Length\t: 5\r\n", "hello")],
        ["with a space before the name", post(" Content-Length: 5\r\n", "hello")],
        ["folded", post("Content-Length:\r\n 5\r\n", "hello")],
        ["folded digits", post("Content-Length: 1\r\n 0\r\n", "hellohello")],
        ["with a quoted name", post('"Content-Length": 5\r\n', "hello")],
        ["with a NUL in the name", post("Content\x00-Length: 5\r\n", "hello")],
        ["without a colon", post("Content-Length 5\r\n", "hello")],
        ["on a GET, twice", get(`${HOST}Content-Length: 0\r\nContent-Length: 5\r\n`)],
      ],
      REFUSED,
    ),
    ...rows(
      [
        ["zero", post("Content-Length: 0\r\n", "")],
        ["without a space", post("Content-Length:5\r\n", "hello")],
        ["in capitals", post("CONTENT-LENGTH: 5\r\n", "hello")],
        ["of a POST without it", post("", "")],
        ["content that is a request", post(`Content-Length: ${NEXT.length}\r\n`, NEXT)],
        ["content that is a broken request", post("Content-Length: 9\r\n", "\x00\r\n\r\n GET")],
        ["content of 100000 octets", post("Content-Length: 100000\r\n", "x".repeat(100_000))],
      ],
      SERVED,
    ),
    ...rows(
      [
        ["too long: the rest is the next request", post("Content-Length: 4\r\n", "hello\r\n\r\n"), "200 400 close"],
        ["too long by a line end", post("Content-Length: 5\r\n", "hello\r\n"), SERVED],
        ["too long by two", post("Content-Length: 5\r\n", "hello\r\n\r\n"), "200 400 close"],
      ],
      REFUSED,
    ),
  ];
}

/** Section 6.1. */
function transferEncodings(): Row[] {
  const whole = "5\r\nhello\r\n0\r\n\r\n";
  const field = (value: string): string => post(`Transfer-Encoding: ${value}\r\n`, whole);
  const bad = [
    "",
    " ",
    "identity",
    "gzip",
    "chunked, gzip",
    "chunked, identity",
    "chunked, chunked",
    "chunked,",
    ",chunked",
    "chunked;",
    "chunked; a=b",
    "chunked a",
    "chunked;q=1",
    "xchunked",
    "chunkedx",
    "x-chunked",
    "chunk",
    "chunkeD\x00",
    '"chunked"',
    "'chunked'",
    "(chunked)",
    "\x0bchunked",
    "\x0cchunked",
    "chunked\x0b",
    "chunked\x0c",
    "\xa0chunked",
    "chunked\xa0",
    "\x85chunked",
    "\x00chunked",
    "chun\x00ked",
    "chunked\r\n\tfoo",
    "\r\n chunked",
    "chunked\rfoo",
    "\rchunked",
    "\nchunked",
    "chunked\n",
    "chun ked",
    "chunked:",
    ": chunked",
    "=chunked",
    "chunked=",
    "gzip;q, chunked",
    "a b, chunked",
    "cow",
    "5",
    "none",
    "true",
  ];
  return [
    ...plain(bad, REFUSED, field),
    ...plain(
      [
        "gzip, chunked",
        "deflate, chunked",
        "identity, chunked",
        "cow, chunked",
        "gzip,chunked",
        "gzip\t,\tchunked",
        'x;a="b", chunked',
      ],
      "501 close",
      field,
    ),
    ...plain(["chunked", "Chunked", "CHUNKED", "cHuNkEd", " chunked", "chunked ", "\tchunked\t"], SERVED, field),
    ...rows(
      [
        ["twice", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n", whole)],
        ["twice, the first identity", post("Transfer-Encoding: identity\r\nTransfer-Encoding: chunked\r\n", whole)],
        ["twice, the second identity", post("Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n", whole)],
        ["twice, the second unknown", post("Transfer-Encoding: chunked\r\nTransfer-encoding: cow\r\n", whole)],
        ["twice, the second empty", post("Transfer-Encoding: chunked\r\nTransfer-Encoding:\r\n", whole)],
        ["with a space before the colon", post("Transfer-Encoding : chunked\r\n", whole)],
        ["with a tab before the colon", post("Transfer-Encoding\t: chunked\r\n", whole)],
        ["with VT before the colon", post("Transfer-Encoding\x0b: chunked\r\n", whole)],
        ["with a space before the name", post(" Transfer-Encoding: chunked\r\n", whole)],
        ["hidden in a fold", post("X: y\r\n Transfer-Encoding: chunked\r\n", whole)],
        ["folded", post("Transfer-Encoding:\r\n chunked\r\n", whole)],
        ["folded by a tab", post("Transfer-Encoding:\r\n\tchunked\r\n", whole)],
        ["without a colon", post("Transfer-Encoding chunked\r\n", whole)],
        ["with a quoted name", post('"Transfer-Encoding": chunked\r\n', whole)],
        ["with a NUL in the name", post("Transfer-\x00Encoding: chunked\r\n", whole)],
        ["with obs-text in the name", post("Transfer-Encoding\xa0: chunked\r\n", whole)],
        ["behind a bare CR", post("X: y\rTransfer-Encoding: chunked\r\n", whole)],
        ["behind a bare LF", post("X: y\nTransfer-Encoding: chunked\r\n", whole)],
        ["behind CR CR", post("X: y\r\rTransfer-Encoding: chunked\r\n", whole)],
        ["in HTTP/1.0", `POST /discard HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${whole}`],
        [
          "in HTTP/1.0, kept alive",
          `POST /discard HTTP/1.0\r\n${HOST}Connection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n${whole}`,
        ],
        ["identity without content", `GET / HTTP/1.1\r\n${HOST}Transfer-Encoding: identity\r\n\r\n`],
      ],
      REFUSED,
    ),
    ...rows(
      [
        ["without a space", post("Transfer-Encoding:chunked\r\n", whole)],
        ["in capitals", post("TRANSFER-ENCODING: chunked\r\n", whole)],
        ["in HTTP/1.2", `POST /discard HTTP/1.2\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${whole}`],
        ["with an underscore is another field", post("Transfer_Encoding: chunked\r\n", "")],
        ["TE is another field", post("TE: chunked\r\nConnection: TE\r\n", "")],
        ["Content-Encoding is another field", post("Content-Encoding: chunked\r\nContent-Length: 2\r\n", "hi")],
      ],
      SERVED,
    ),
  ];
}

/** Section 6.1 and 6.3, rule 3: what smuggling is made of. */
function bothFramings(): Row[] {
  const smuggled = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n`;
  return rows(
    [
      ["CL.TE", post("Content-Length: 6\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\nG")],
      ["TE.CL", post("Transfer-Encoding: chunked\r\nContent-Length: 4\r\n", `5c\r\n${smuggled}\r\n0\r\n\r\n`)],
      ["both agree", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")],
      ["CL 0 and TE", post("Content-Length: 0\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")],
      ["TE and CL 0", post("Transfer-Encoding: chunked\r\nContent-Length: 0\r\n", "0\r\n\r\n")],
      ["a bad CL and TE", post("Content-Length: x\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n")],
      ["CL and a bad TE", post("Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n", "hello")],
      ["CL and TE identity", post("Content-Length: 5\r\nTransfer-Encoding: identity\r\n", "hello")],
      ["CL and an empty TE", post("Content-Length: 5\r\nTransfer-Encoding:\r\n", "hello")],
      ["CL and an unknown TE", post("Content-Length: 5\r\nTransfer-Encoding: gzip, chunked\r\n", "hello")],
      ["TE.TE", post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n", "0\r\n\r\n")],
      ["on a GET", get(`${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n`) + "0\r\n\r\n"],
      ["in HTTP/1.0", `POST / HTTP/1.0\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
      ["CL.0 with a request as content", post(`Content-Length: ${smuggled.length}\r\n`, smuggled), SERVED],
      [
        "CL.0 on a path that does not read",
        `POST /unread HTTP/1.1\r\n${HOST}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
        SERVED,
      ],
      [
        "CL.0 on a path that is not there",
        `POST /nothing HTTP/1.1\r\n${HOST}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
        "404 keep",
        SERVED,
      ],
      [
        "TE.0 on a path that does not read",
        `POST /unread HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n${
          smuggled.length.toString(16)
        }\r\n${smuggled}\r\n0\r\n\r\n`,
        SERVED,
      ],
      [
        "CL.0 on OPTIONS *",
        `OPTIONS * HTTP/1.1\r\n${HOST}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
        "204 keep",
      ],
      [
        "CL.0 on HEAD",
        `HEAD / HTTP/1.1\r\n${HOST}Content-Length: ${smuggled.length}\r\n\r\n${smuggled}`,
        SERVED,
      ],
      ["0.CL: content without a length is a request", `${post("", "")}${smuggled}`, "200 404 keep", "200 200 keep"],
    ],
    REFUSED,
  );
}

/** Section 7.1. */
function chunkSizes(): Row[] {
  const size = (text: string): string => chunked(`${text}\r\nhello\r\n0\r\n\r\n`);
  const bad = [
    "",
    " ",
    "5 ",
    " 5",
    "5\t",
    "\t5",
    "\x0b5",
    "5\x0b",
    "5\x0c",
    "5\x00",
    "\x005",
    "0x5",
    "0X5",
    "x5",
    "5h",
    "5g",
    "+5",
    "-5",
    "-0",
    "5.",
    "5.0",
    "5,5",
    "5_",
    "0_5",
    "_5",
    '"5"',
    "5:",
    "5 5",
    "g",
    "five",
    "\xb5",
    "5\x80",
    "\xa05",
    "00000000000000005",
    "10000000000000005",
    "fffffffffffffffff",
    "ffffffffffffffff",
    "8000000000000005",
    "20000000000000",
    "FFFFFFFFFFFFFFFB",
    "5\r",
    "\r5",
  ];
  return [
    ...plain(bad, REFUSED, size),
    ...plain(["5", "05", "0000000000000005", "005"], SERVED, size),
    ...rows(
      [
        ["a, lower case", chunked("a\r\n0123456789\r\n0\r\n\r\n")],
        ["A, upper case", chunked("A\r\n0123456789\r\n0\r\n\r\n")],
        ["1F", chunked(`1F\r\n${"x".repeat(31)}\r\n0\r\n\r\n`)],
        ["many digits of zero", chunked("0000000000000000\r\n\r\n")],
        ["no chunk but the last", chunked("0\r\n\r\n")],
        ["chunks of one octet", chunked(`${"1\r\nx\r\n".repeat(200)}0\r\n\r\n`)],
        ["a chunk of 65536 octets", chunked(`10000\r\n${"x".repeat(65_536)}\r\n0\r\n\r\n`)],
      ],
      SERVED,
    ),
    ...rows(
      [
        ["LF behind", chunked("5\nhello\r\n0\r\n\r\n")],
        ["CR behind", chunked("5\rhello\r\n0\r\n\r\n")],
        ["CR CR LF behind", chunked("5\r\r\nhello\r\n0\r\n\r\n")],
        ["LF behind the last", chunked("5\r\nhello\r\n0\n\r\n")],
        ["no line end behind, a space", chunked("5 hello\r\n0\r\n\r\n")],
        ["a sign on the last", chunked("5\r\nhello\r\n-0\r\n\r\n")],
        ["0x0 as the last", chunked("5\r\nhello\r\n0x0\r\n\r\n")],
        ["a space behind the last", chunked("5\r\nhello\r\n0 \r\n\r\n")],
        ["an empty line for the last", chunked("5\r\nhello\r\n\r\n\r\n")],
        ["2^32 + 5", chunked("100000005\r\nhello\r\n0\r\n\r\n"), "400 ends"],
      ],
      REFUSED,
    ),
  ];
}

/** Section 7.1.1. */
function chunkExtensions(): Row[] {
  const extension = (text: string): string => chunked(`5${text}\r\nhello\r\n0\r\n\r\n`);
  const bad = [
    ";",
    "; ",
    ";;",
    ";a;",
    ";a=",
    ";=b",
    ";a==b",
    ";a=b=c",
    ";a b",
    ";a=b c",
    ";a,b",
    ";a/b",
    ";(a)",
    ';"a"',
    ';a="b',
    ';a="b"c',
    ';a=b"c"',
    ';a="b\\"',
    ";a='b c'",
    ";a\x00",
    ";a=\x00",
    ';a="\x00"',
    ';a="\x7f"',
    ";a=\x80",
    ";a\x0b",
    ";a\rb",
    ";a\nb",
    ";\n",
    ";\r",
    ";a=b\n",
    ";a=b\r",
    ';a="\r\n"',
    ';a="\n"',
    ';a="\\\n"',
    ';a="\r"',
    ";a=b ",
    ";a ",
    " a",
    " a=b",
    " ",
    "=b",
    ",a",
    "\r\n;a",
    `;${"a".repeat(300)}`,
    `;a=${"b".repeat(5000)}`,
    `;a="${"b".repeat(300)}`,
  ];
  const good = [
    ";a",
    ";a=b",
    ';a="b"',
    ';a=""',
    ';a="b c;d=e"',
    ';a="\\"\\\\"',
    ";a;b;c=d",
    " ;a",
    "\t;\ta\t=\tb",
    ";a= b",
    ";!#$%&'*+-.^_`|~=x",
    ';a="0\t;chunked"',
    `;${"a".repeat(200)}`,
  ];
  const funky = `GET /smuggled HTTP/1.1\r\n${HOST}\r\n`;
  return [
    ...plain(bad, REFUSED, extension).map((row) => ({ ...row, name: row.name.slice(0, 40) })),
    ...plain(good, SERVED, extension).map((row) => ({ ...row, name: row.name.slice(0, 40) })),
    ...rows(
      [
        ["TERM.EXT", chunked(`2;\nxx\r\n45\r\n0\r\n\r\n${funky}`)],
        ["EXT.TERM", chunked(`2\nxx\r\n45\r\n0\r\n\r\n${funky}`)],
        ["TERM.SPILL", chunked(`5\r\nhello\n2\r\n0\r\n\r\n${funky}`)],
        ["SPILL.TERM", chunked(`5\r\nhelloX\r\n0\r\n\r\n${funky}`)],
        ["a quoted line end hides a request", chunked(`1;a="\r\nX\r\n0\r\n\r\n${funky}"\r\nX\r\n0\r\n\r\n`)],
        ["on the last chunk, with LF", chunked("5\r\nhello\r\n0;\n\r\n")],
        ["without end on the last chunk", chunked("5\r\nhello\r\n0;\r\n\r\n")],
        ["an unfinished name that cannot go on", chunked("5;a\x00")],
      ],
      REFUSED,
    ),
    ...rows(
      [
        ["on the last chunk", chunked("5\r\nhello\r\n0;a=b\r\n\r\n")],
        ["on each chunk", chunked('1;a\r\nx\r\n1;b="c"\r\ny\r\n0;d\r\n\r\n')],
      ],
      SERVED,
    ),
    {
      name: "of 200 octets on each of 200 one-octet chunks: debt",
      octets: chunked(`1;${"a".repeat(200)}\r\nx\r\n`.repeat(200)),
      outcome: REFUSED,
    },
  ];
}

/** Section 7.1: "chunk-data CRLF". */
function chunkData(): Row[] {
  return rows(
    [
      ["longer than its size", chunked("5\r\nhello!\r\n0\r\n\r\n")],
      ["longer by two", chunked("5\r\nhelloXX0\r\n\r\n")],
      ["longer by a line end", chunked("5\r\nhello\r\n\r\n0\r\n\r\n")],
      ["shorter than its size", chunked("7\r\nhello\r\n0\r\n\r\n")],
      ["LF behind", chunked("5\r\nhello\n0\r\n\r\n")],
      ["CR behind", chunked("5\r\nhello\r0\r\n\r\n")],
      ["LF CR behind", chunked("5\r\nhello\n\r0\r\n\r\n")],
      ["CR CR LF behind", chunked("5\r\nhello\r\r\n0\r\n\r\n")],
      ["nothing behind", chunked("5\r\nhello0\r\n\r\n")],
      ["a space behind", chunked("5\r\nhello \r\n0\r\n\r\n")],
      ["NUL NUL behind", chunked("5\r\nhello\0\x000\r\n\r\n")],
      ["line ends as data", chunked("4\r\n\r\n\r\n\r\n0\r\n\r\n"), SERVED],
      ["the last chunk as data", chunked("5\r\n0\r\n\r\n\r\n0\r\n\r\n"), SERVED],
      ["any octet", chunked(`100\r\n${allOctets()}\r\n0\r\n\r\n`), SERVED],
      ["no chunked framing at all", chunked("hello")],
      ["a request instead of chunks", chunked(NEXT)],
    ],
    REFUSED,
  );
}

/** Section 7.1.2. */
function trailerSections(): Row[] {
  const section = (text: string): string => chunked(`5\r\nhello\r\n0\r\n${text}\r\n`);
  return rows(
    [
      ["one field", section("X: y\r\n"), SERVED],
      ["two fields", section("X: y\r\nZ: z\r\n"), SERVED],
      [
        "forbidden fields are dropped",
        section("Content-Length: 99\r\nTransfer-Encoding: x\r\nHost: b\r\nConnection: close\r\n"),
        SERVED,
      ],
      ["100 fields", section("X: y\r\n".repeat(100)), SERVED],
      ["101 fields", section("X: y\r\n".repeat(101)), "431 close"],
      ["9000 octets", section(`X: ${"y".repeat(9000)}\r\n`), "431 close"],
      ["9000 octets without end", chunked(`0\r\nX: ${"y".repeat(9000)}`), "431 close"],
      ["no colon", section("X\r\n")],
      ["a space before the colon", section("X : y\r\n")],
      ["a space before the name", section(" X: y\r\n")],
      ["folded", section("X: y\r\n z\r\n")],
      ["an empty name", section(": y\r\n")],
      ["a NUL", section("X: \x00\r\n")],
      ["a control", section("X: \x01\r\n")],
      ["a bare CR", section("X: y\rz\r\n")],
      ["a bare LF", section("X: y\nZ: z\r\n")],
      ["LF behind a field", section("X: y\n")],
      ["LF as the last line", chunked("0\r\nX: y\r\n\n")],
      ["CR as the last line", chunked("0\r\nX: y\r\n\rx")],
      ["LF right behind the last chunk", chunked("0\r\n\n")],
      ["a bare CR right behind the last chunk", chunked("0\r\n\rX")],
      ["the next request in it", chunked(`0\r\n${NEXT}`)],
    ],
    REFUSED,
  );
}

/** RFC 9110, section 9.3: every method is framed by its fields. */
function contentOfAnyMethod(): Row[] {
  const made: Row[] = [];
  for (const method of ["GET", "HEAD", "DELETE", "OPTIONS", "PUT", "PATCH", "PROPFIND"]) {
    for (const path of ["/", "/discard", "/unread"]) {
      const line = `${method} ${path} HTTP/1.1\r\n${HOST}`;
      made.push(
        { name: `${method} ${path} with a length`, octets: `${line}Content-Length: 5\r\n\r\nGET /`, outcome: SERVED },
        {
          name: `${method} ${path} with chunks`,
          octets: `${line}Transfer-Encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\n`,
          outcome: SERVED,
        },
      );
    }
  }
  return made;
}

/** Section 9.3 and 9.6. */
function connections(): Row[] {
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
function http10(): Row[] {
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
function expectations(): Row[] {
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
function upgrades(): Row[] {
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
function pipelines(): Row[] {
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
function limits(): Row[] {
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
function otherProtocols(): Row[] {
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
function halfCloses(): Row[] {
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

function allOctets(): string {
  return String.fromCharCode(...Array.from({ length: 256 }, (_, octet) => octet));
}
