/**
 * Classes of disagreement about request lines.
 *
 * @module
 */

import { HOST_AND_PORT, HOST_WITH_PORT } from "../grammar.ts";
import { BOTH, C, type DisagreementClass, JS, refusedHead } from "./disagreement_class.ts";

/** Those about request lines. */
export const REQUEST_LINE_CLASSES: readonly DisagreementClass[] = [
  refusedHead({
    name: "http-0.9",
    what: "A request line without version (HTTP/0.9)",
    theirs: C,
    why: "RFC 9112, 3: a request line has three words; HTTP/0.9 is not among its versions",
    weSay: /bad-version: .*it is missing|bad-line-end: .*LF without CR/,
    found: /^(?:\r\n)?[A-Z-]+ [^ \n]*\r?\n/,
  }),
  refusedHead({
    name: "major-version",
    what: "A major version other than 1",
    theirs: BOTH,
    why: "RFC 9110, 15.6.6: the server refuses a major version that it does not serve",
    weSay: /^refuses: unsupported-version/,
    found: /^(?:\r\n)?\S+ \S+ HTTP\/[02-9]\.\d\r\n/,
    status: 505,
  }),
  refusedHead({
    name: "empty-lines",
    what: "More than one empty line before the request line, the second one ended by CR alone too",
    theirs: BOTH,
    why: "RFC 9112, 2.2: a server ought to ignore at least one, and an endless row of them is an attack",
    weSay: /bad-method: .*it ends the line/,
    found: /^\r\n\r/,
  }),
  refusedHead({
    name: "line-end-before-request",
    what: "CR or LF alone before the request line",
    theirs: C,
    why: "RFC 9112, 2.2: a bare CR is invalid outside of the content",
    weSay: /bad-line-end: .*(?:CR without LF|LF without CR)/,
    found: /^(?:\r\n)?(?:\r(?!\n)|\n)/,
  }),
  refusedHead({
    name: "spaces-in-request-line",
    what: "More than one space between the words of a request line",
    theirs: C,
    why: "RFC 9112, 3: single spaces part the words; lenient splitting is a way to smuggle",
    weSay: /bad-target: .*it is empty|bad-version: .*octet 0x20 in it/,
    found: /^(?:\r\n)?\S+ (?: |\S+ {2})/,
  }),
  refusedHead({
    name: "method-octets",
    what: "An octet above 0x7f in the method, read as the letter that is left without its highest bit",
    theirs: JS,
    why: "RFC 9110, 9.1: a method is a token; RFC 9112, 2.2: octets are parsed, not characters",
    weSay: /bad-method: .*octet 0x[89a-f]. in it/,
    found: /^(?:\r\n)?[A-Z-]*[\x80-\xff]/,
  }),
  refusedHead({
    name: "version-octets",
    what: "An octet above 0x7f in the version, read as the character that is left without its highest bit",
    theirs: JS,
    why: "RFC 9112, 2.3: HTTP-name is case-sensitive and exact; 2.2: octets are parsed, not characters",
    weSay: /bad-version: .*octet 0x[89a-f]. in it/,
    found: /^(?:\r\n)?\S+ \S+ \S*[\x80-\xff]/,
  }),
  refusedHead({
    name: "cr-in-target",
    what: "CR in a request target",
    theirs: JS,
    why: "RFC 9112, 2.2: a bare CR is invalid outside of the content",
    weSay: /bad-version: .*it is missing/,
    found: /^(?:\r\n)?\S+ [^ \n]*\r(?!\n)/,
  }),
  refusedHead({
    name: "target-octets",
    what:
      "Octets in a request target that no URI has: controls, DEL, non-ASCII, quotes, angle brackets, `#`, a backslash in the path",
    theirs: BOTH,
    why: "RFC 9112, 3.2: an invalid request line ought to be answered with 400, not corrected; RFC 3986, 2",
    weSay: /bad-target: .*(?:"["<>#\\]"|"""|octet 0x(?:0.|1.|7f|[89a-f].)) in it/,
    found: /^(?:\r\n)?\S+ [^ \n]*(?:["<>#\\]|[^ -~\n])/,
  }),
  refusedHead({
    name: "asterisk-form",
    what: "`*` with a method other than OPTIONS",
    theirs: BOTH,
    why: "RFC 9112, 3.2.4: the asterisk-form is for OPTIONS only",
    weSay: /bad-target: .*\* is for OPTIONS only/,
    found: /^(?:\r\n)?(?!OPTIONS )\S+ \* /,
  }),
  refusedHead({
    name: "connect-target",
    what: "CONNECT with a target that is no host with port",
    theirs: BOTH,
    why: "RFC 9112, 3.2.3: CONNECT takes the authority-form, host and port",
    weSay: /bad-target: .*CONNECT takes host and port/,
    found: new RegExp(`^(?:\\r\\n)?CONNECT (?!${HOST_WITH_PORT} )`),
  }),
  refusedHead({
    name: "target-form",
    what: "A target in none of the four forms: no path, no `http` or `https` URI",
    theirs: BOTH,
    why: "RFC 9112, 3.2: four forms are defined",
    weSay: /bad-target: .*it is neither a path nor an http or https URI/,
    found: /^(?:\r\n)?(?!CONNECT )\S+ (?!\/|https?:\/\/|\* )/i,
  }),
  refusedHead({
    name: "target-authority",
    what: "An absolute target whose authority is empty, has userinfo, or is no host with port",
    theirs: BOTH,
    why: "RFC 9110, 4.2.1: an empty host is invalid and to be rejected; 4.2.4: so is userinfo, as an error",
    weSay: /bad-target: .*its authority is not a host/,
    found: new RegExp(`^(?:\\r\\n)?\\S+ https?://(?!${HOST_AND_PORT}[/? ])`, "i"),
  }),
];
