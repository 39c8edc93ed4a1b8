/**
 * Classes of disagreement about content: chunks and trailers.
 *
 * @module
 */

import { CHUNK_SIZE, EXTENSION, isTrailer, QUOTED_START, SPACE, TOKEN } from "../grammar.ts";
import { BOTH, C, differInObsText, type DisagreementClass, JS, refusedContent, TAKES } from "./disagreement_class.ts";

/** A chunk line as far as it follows the grammar, and the white space behind that. */
const START = `^${CHUNK_SIZE}(?:${EXTENSION})*${SPACE}`;

/** What is found stands in the first piece that does not follow the grammar, at its start. */
const CHUNKS: readonly DisagreementClass[] = [
  refusedContent({
    name: "chunk-lf",
    what: "LF without CR behind a chunk size, chunk data, or a trailer",
    theirs: JS,
    why: "RFC 9112, 7.1: CRLF ends them; a recipient MAY take LF in heads only (2.2), and doing so here smuggles",
    weSay: /bad-line-end: .*LF without CR/,
    found: /^(?:0+[^\r\n]*\r\n(?:[^\r\n]*\r\n)*)?[^\r\n]*\n/,
  }),
  refusedContent({
    name: "chunk-cr",
    what: "CR without LF in a chunk line or a trailer",
    theirs: JS,
    why: "RFC 9112, 2.2: a bare CR is invalid outside of the content",
    weSay: /bad-line-end: .*CR without LF/,
    found: /^(?:0+[^\r\n]*\r\n(?:[^\r\n]*\r\n)*)?[^\r\n]*\r(?!\n)/,
  }),
  refusedContent({
    name: "chunk-size-missing",
    what: "A chunk line that does not start with a digit",
    theirs: JS,
    why: "RFC 9112, 7.1: a chunk size has one digit at least",
    weSay: /bad-chunk: .*its size has no digit/,
    found: /^[^0-9A-Fa-f]/,
  }),
  refusedContent({
    name: "chunk-size-behind",
    what: "Something else than an extension behind a chunk size",
    theirs: JS,
    why: "RFC 9112, 7.1.1: only `;` and what it starts may stand there",
    weSay: /bad-chunk: .*behind its size/,
    found: new RegExp(`${START}[^;\\r\\n \\t]|^${CHUNK_SIZE}(?:${EXTENSION})*[ \\t]+\\r|^\\x8d`),
  }),
  refusedContent({
    name: "chunk-quote-in-token",
    what: "A quoted string right behind a token in a chunk extension",
    theirs: C,
    why: "RFC 9112, 7.1.1: a value is a token or a quoted string",
    weSay: /bad-chunk: .*""" behind its size/,
    found: new RegExp(`${START}"`),
  }),
  refusedContent({
    name: "chunk-size-digits",
    what: "A chunk size of more than 16 digits, zeros in front too",
    theirs: BOTH,
    why: "RFC 9112, 7.1: a recipient MUST anticipate large numbers; 16 digits hold any that fits into memory",
    weSay: /bad-chunk: .*its size has more than 16 digits/,
    found: /^[0-9A-Fa-f]{17}/,
  }),
  refusedContent({
    name: "chunk-extension",
    what: "A chunk extension without a name, or with `=` and no value",
    theirs: BOTH,
    why: "RFC 9112, 7.1.1: the name is a token, and so is a value that is not quoted",
    weSay: /bad-chunk: .*its extension has no token/,
    found: new RegExp(`${START};${SPACE}(?:(?!${TOKEN}|[ \\t])|${TOKEN}${SPACE}=${SPACE}(?!${TOKEN}|["\\t ]))`),
  }),
  refusedContent({
    name: "chunk-quoted",
    what: "A quoted chunk extension with a control, or without its end",
    theirs: JS,
    why: "RFC 9110, 5.6.4: neither CR nor LF nor another control stands in a quoted string",
    weSay: /bad-chunk: .*in a quoted extension/,
    found: new RegExp(
      `${START};${SPACE}${TOKEN}${SPACE}=${SPACE}${QUOTED_START}(?:\\\\[^\\t -~\\x80-\\xff]|[^\\t -~\\x80-\\xff])`,
    ),
  }),
];

const TRAILERS: readonly DisagreementClass[] = [
  refusedContent({
    name: "trailer-malformed",
    what: "A malformed trailer: no colon, no name, folding, space before the colon, octets that may not stand there",
    theirs: JS,
    why: "RFC 9112, 7.1.2: trailers are field lines, and 5 holds for them",
    weSay: /bad-field-line: /,
    found: new RegExp(`^0+(?![0-9A-Fa-f])(?:${EXTENSION})*\\r\\n`),
  }),
  {
    name: "coding-tab",
    what: "HTAB behind `chunked` in Transfer-Encoding",
    ours: "takes it",
    theirs: { "llhttp": "refuses" },
    why: "RFC 9112, 5: OWS, which is SP or HTAB, stands behind a value and is no part of it",
    about: "content",
    weSay: TAKES,
    theySay: /^refuses: HPE_INVALID_TRANSFER_ENCODING: Request has invalid/,
    found: /^transfer-encoding:[ \t]*chunked[ \t]*\t[ \t]*\r\n/im,
  },
  {
    name: "trailer-framing",
    what: "Content-Length, or a Transfer-Encoding, among trailers",
    ours: "leaves it out",
    theirs: { "llhttp": "refuses" },
    why: "RFC 9110, 6.5.1: a field that frames has no meaning there; RFC 9112, 7.1.2: it may be discarded",
    about: "content",
    weSay: TAKES,
    theySay: /^refuses: HPE_INVALID_(?:CONTENT_LENGTH|TRANSFER_ENCODING: (?!Request))/,
    found: /^0+[^\r\n]*\r\n[^]*^(?:content-length|transfer-encoding):/im,
  },
  {
    name: "trailer-forbidden",
    what: "Fields that frame, route, authenticate or describe the content among trailers",
    ours: "leaves them out",
    theirs: { "llhttp": "gives them", "http-parser-js": "gives them" },
    why: "RFC 9110, 6.5.1: they MUST NOT be sent there; RFC 9112, 7.1.2: they may be discarded",
    about: "trailers",
    weSay: /^\[/,
    theySay: /^\[/,
    found: /^0+[^\r\n]*\r\n[^]*^[\w-]+:/im,
    explains: (ours, theirs) =>
      ours.length < theirs.length && differInObsText(ours, theirs.filter(([name]) => isTrailer(name))),
  },
  {
    name: "trailer-obs-text",
    what: "Octets above 0x7f in a trailer",
    ours: "keeps them, one octet one character",
    theirs: { "http-parser-js": "drops their highest bit" },
    why: "RFC 9110, 5.5: obs-text is opaque data, not to be changed",
    about: "trailers",
    weSay: /[\x80-\xff]/,
    theySay: /^\[/,
    found: /:[^\n]*[\x80-\xff]/,
    explains: differInObsText,
  },
  {
    name: "trailer-obs-text-as-line-end",
    what: "Octets 0x8a and 0x8d in a trailer",
    ours: "keeps them, one octet one character",
    theirs: { "http-parser-js": "takes them for LF and CR, and refuses" },
    why: "RFC 9112, 2.2: octets are parsed, not characters",
    about: "content",
    weSay: TAKES,
    theySay: /^refuses: Parse Error$/,
    found: /^0+[^\r\n]*\r\n[^]*:[^\n]*[\x8a\x8d]/im,
  },
  {
    name: "chunk-extension-space",
    what: "White space round `;` and `=` in a chunk extension",
    ours: "takes it",
    theirs: { "llhttp": "refuses" },
    why: "RFC 9112, 7.1.1: BWS may stand there, and RFC 9110, 5.6.3: a recipient MUST parse it",
    about: "content",
    weSay: TAKES,
    theySay:
      /^refuses: HPE_(?:INVALID_CHUNK_SIZE: Invalid character in chunk size|STRICT: Invalid character in chunk extensions)/,
    found: /^[0-9a-f]+(?:[ \t]+;|[ \t]*;(?:.*[;=])?[ \t]|.*[ \t]+[;=])/im,
  },
];

/** Those about content. */
export const CONTENT_CLASSES: readonly DisagreementClass[] = [...CHUNKS, ...TRAILERS];
