/**
 * Rows about the chunked coding (RFC 9112, section 7).
 *
 * @module
 */

import { chunked, HOST, NEXT, plain, REFUSED, type Row, rows, SERVED } from "./row.ts";

/** Section 7.1. */
export function chunkSizes(): Row[] {
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
export function chunkExtensions(): Row[] {
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
export function chunkData(): Row[] {
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
export function trailerSections(): Row[] {
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

function allOctets(): string {
  return String.fromCharCode(...Array.from({ length: 256 }, (_, octet) => octet));
}
