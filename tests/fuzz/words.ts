/**
 * What the grammars are made of, for mutations.
 *
 * @module
 */

/** Of field lines and messages. */
// deno-fmt-ignore
const COMMON: readonly string[] = [
  "\r\n", "\r\n\r\n", "\n", "\r", "\n\n", " ", "\t", ":", ": ", ",", ", ", ";", "=", '"', "\\", "\0", "\x7f", "\x80",
  "Content-Length: 1\r\n", "Content-Length: 0\r\n", "content-length", "Content-Length: +1\r\n", "Content-Length: 1, 1\r\n",
  "Transfer-Encoding: chunked\r\n", "transfer-encoding", "Transfer-Encoding: gzip, chunked\r\n", "chunked", "identity",
  "Connection: close\r\n", "Connection: keep-alive\r\n", "Connection: upgrade\r\nUpgrade: x\r\n", "close", "keep-alive",
  "Trailer: X-T\r\n", "X-T: v\r\n", "x: \r\n", " folded\r\n", "\tfolded\r\n", "X : v\r\n", "noColon\r\n", ":v\r\n",
  "__proto__: v\r\n", "under_score: v\r\n", "X: \x80\xff\r\n", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/1.2", "HTTP/0.9",
  "\x0b", "\x0c", "\x85", "\xa0",
];

/** Of chunked bodies. */
// deno-fmt-ignore
export const CHUNK_WORDS: readonly string[] = [
  "0\r\n\r\n", "0\r\n", "1\r\na\r\n", "5\r\nhello\r\n", "a", "F", "00", "0x1", ";a", ";a=b", ';a="b"', ';a="\\""',
  ' ; a = "b c"', ";", "=", '"', "\\", "\r\n", "\n", "\r", " ", "\t", "ffffffffffffffff", "1fffffffffffff", "X: v\r\n",
  "Content-Length: 1\r\n", "Host: a\r\n", "\0", "\x80", "-1", "_", "00000000000000001",
];

/** Of requests. */
// deno-fmt-ignore
export const REQUEST_WORDS: readonly string[] = [
  ...COMMON,
  "GET / HTTP/1.1\r\nHost: a\r\n\r\n", "GET ", "POST ", "HEAD ", "OPTIONS * ", "CONNECT a:1 ", "PUT ", "DELETE ", "TRACE ",
  "M-SEARCH ", "get ", "/", "//", "*", "?", "#", "%00", "%0d%0a", "%", "http://a", "https://a:443/", "http://a@b/", "[::1]",
  ":80", "a:b", "Host: a\r\n", "Host: \r\n", "Host: a:80\r\n", "Host: [::1]:8\r\n", "host", "Expect: 100-continue\r\n",
  "Expect: x\r\n", " HTTP/1.1\r\n", ...CHUNK_WORDS,
];

/** Of responses. */
// deno-fmt-ignore
export const RESPONSE_WORDS: readonly string[] = [
  ...COMMON,
  "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200\r\n", "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 103 Early Hints\r\n", "204", "304",
  "101", "205", "500", "999", "099", "HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "HTTP/1.0 200 OK\r\n", ...CHUNK_WORDS,
];

/** Of hosts and targets. */
// deno-fmt-ignore
export const TARGET_WORDS: readonly string[] = [
  "/", "//", "?", "#", "*", "@", ":", ":80", ":65536", ":0", "[", "]", "[::1]", "[::]", "::", "1:", "ffff", "1.2.3.4",
  "256", "[v1.a]", "[vF.:]", "%41", "%", "%zz", "http://", "https://", "HTTP://", "ftp://", "a", ".", "-", "_", ",", "\\",
  " ", "\t", "close", "keep-alive", "upgrade", ", ", "\0", "\x7f", "\x80",
];
