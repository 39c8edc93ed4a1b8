/**
 * Rows about where a request ends (RFC 9112, section 6): what smuggling is made of.
 *
 * @module
 */

import { get, HOST, NEXT, plain, post, REFUSED, type Row, rows, SERVED } from "./row.ts";

/** Section 6.2, RFC 9110, section 8.6. */
export function contentLengths(): Row[] {
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
export function transferEncodings(): Row[] {
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
export function bothFramings(): Row[] {
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

/** RFC 9110, section 9.3: every method is framed by its fields. */
export function contentOfAnyMethod(): Row[] {
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
