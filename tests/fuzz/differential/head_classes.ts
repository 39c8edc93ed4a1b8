/**
 * Classes of disagreement about heads.
 *
 * @module
 */

import type { DisagreementClass } from "./classes.ts";
import type { Line } from "./transcript.ts";

const TAKES = /^takes$/;
const BOTH = { "llhttp": "takes", "http-parser-js": "takes" } as const;
const JS = { "http-parser-js": "takes" } as const;
const C = { "llhttp": "takes" } as const;

/** What all classes have in common in which ours refuses a head that others take. */
function refused(
  name: string,
  what: string,
  theirs: DisagreementClass["theirs"],
  why: string,
  weSay: RegExp,
  found: RegExp,
  status = 400,
): DisagreementClass {
  return { name, what, ours: `${status}`, theirs, why, about: "head", weSay, theySay: TAKES, found };
}

const REQUEST_LINE: readonly DisagreementClass[] = [
  refused(
    "http-0.9",
    "A request line without version (HTTP/0.9)",
    C,
    "RFC 9112, 3: a request line has three words; HTTP/0.9 is not among its versions",
    /bad-version: .*it is missing|bad-line-end: .*LF without CR/,
    /^(?:\r\n)?[A-Z-]+ [^ \n]*\r?\n/,
  ),
  refused(
    "major-version",
    "A major version other than 1",
    BOTH,
    "RFC 9110, 15.6.6: the server refuses a major version that it does not serve",
    /^refuses: unsupported-version/,
    /^(?:\r\n)?\S+ \S+ HTTP\/[02-9]\.\d\r\n/,
    505,
  ),
  refused(
    "empty-lines",
    "More than one empty line before the request line, the second one ended by CR alone too",
    BOTH,
    "RFC 9112, 2.2: a server ought to ignore at least one, and an endless row of them is an attack",
    /bad-method: .*it ends the line/,
    /^\r\n\r/,
  ),
  refused(
    "line-end-before-request",
    "CR or LF alone before the request line",
    C,
    "RFC 9112, 2.2: a bare CR is invalid outside of the content",
    /bad-line-end: .*(?:CR without LF|LF without CR)/,
    /^(?:\r\n)?(?:\r(?!\n)|\n)/,
  ),
  refused(
    "spaces-in-request-line",
    "More than one space between the words of a request line",
    C,
    "RFC 9112, 3: single spaces part the words; lenient splitting is a way to smuggle",
    /bad-target: .*it is empty|bad-version: .*octet 0x20 in it/,
    /^(?:\r\n)?\S+ (?: |\S+ {2})/,
  ),
  refused(
    "method-octets",
    "An octet above 0x7f in the method, read as the letter that is left without its highest bit",
    JS,
    "RFC 9110, 9.1: a method is a token; RFC 9112, 2.2: octets are parsed, not characters",
    /bad-method: .*octet 0x[89a-f]. in it/,
    /^(?:\r\n)?[A-Z-]*[\x80-\xff]/,
  ),
  refused(
    "version-octets",
    "An octet above 0x7f in the version, read as the character that is left without its highest bit",
    JS,
    "RFC 9112, 2.3: HTTP-name is case-sensitive and exact; 2.2: octets are parsed, not characters",
    /bad-version: .*octet 0x[89a-f]. in it/,
    /^(?:\r\n)?\S+ \S+ \S*[\x80-\xff]/,
  ),
  refused(
    "cr-in-target",
    "CR in a request target",
    JS,
    "RFC 9112, 2.2: a bare CR is invalid outside of the content",
    /bad-version: .*it is missing/,
    /^(?:\r\n)?\S+ [^ \n]*\r(?!\n)/,
  ),
  refused(
    "target-octets",
    "Octets in a request target that no URI has: controls, DEL, non-ASCII, quotes, angle brackets, `#`, a backslash in the path",
    BOTH,
    "RFC 9112, 3.2: an invalid request line ought to be answered with 400, not corrected; RFC 3986, 2",
    /bad-target: .*(?:"["<>#\\]"|"""|octet 0x(?:0.|1.|7f|[89a-f].)) in it/,
    /^(?:\r\n)?\S+ [^ \n]*(?:["<>#\\]|[^ -~\n])/,
  ),
  refused(
    "asterisk-form",
    "`*` with a method other than OPTIONS",
    BOTH,
    "RFC 9112, 3.2.4: the asterisk-form is for OPTIONS only",
    /bad-target: .*\* is for OPTIONS only/,
    /^(?:\r\n)?(?!OPTIONS )\S+ \* /,
  ),
  refused(
    "connect-target",
    "CONNECT with a target that is no host with port",
    BOTH,
    "RFC 9112, 3.2.3: CONNECT takes the authority-form, host and port",
    /bad-target: .*CONNECT takes host and port/,
    /^(?:\r\n)?CONNECT /,
  ),
  refused(
    "target-form",
    "A target in none of the four forms: no path, no `http` or `https` URI",
    BOTH,
    "RFC 9112, 3.2: four forms are defined",
    /bad-target: .*it is neither a path nor an http or https URI/,
    /^(?:\r\n)?\S+ (?!\/|https?:\/\/)/i,
  ),
  refused(
    "target-authority",
    "An absolute target whose authority is empty, has userinfo, or is no host with port",
    BOTH,
    "RFC 9110, 4.2.1: an empty host is invalid and to be rejected; 4.2.4: so is userinfo, as an error",
    /bad-target: .*its authority is not a host/,
    /^(?:\r\n)?\S+ https?:\/\//i,
  ),
];

const LINES: readonly DisagreementClass[] = [
  refused(
    "bare-lf",
    "LF without CR as a line end in a head",
    JS,
    "RFC 9112, 2.2: a recipient MAY take it; whoever does reads other lines than one that does not",
    /bad-line-end: .*LF without CR/,
    /(?:^|[^\r])\n/,
  ),
  refused(
    "name-octets",
    "Octets in a field name that no token has",
    JS,
    "RFC 9110, 5.1: a field name is a token",
    /bad-field-line: .*field line: (?:"."|octet 0x..) in name/,
    /^[^:\n]*[^!#$%&'*+\-.^_`|~0-9A-Za-z:\r\n]/m,
  ),
  refused(
    "value-octets",
    "Controls in a field value",
    JS,
    "RFC 9110, 5.5: CR, LF and NUL are dangerous, and other controls are invalid",
    /bad-field-line: .*octet 0x(?:0.|1.|7f) in value/,
    /:.*[^\t -~\x80-\xff\r\n]/,
  ),
  refused(
    "no-colon",
    "A field line without colon",
    JS,
    "RFC 9112, 5: a field line has one",
    /bad-field-line: .*colon is missing/,
    /^[^:\r\n]+\r\n/m,
  ),
  refused(
    "empty-name",
    "A field line without name",
    JS,
    "RFC 9110, 5.1: a field name is a token, of one character at least",
    /bad-field-line: .*name is empty/,
    /^:/m,
  ),
  refused(
    "folding",
    "A field line that starts with white space (obs-fold)",
    JS,
    "RFC 9112, 5.2: a server MUST reject it or replace it; behind the request line 2.2 asks for the same",
    /bad-field-line: .*it starts with white space/,
    /^[ \t]/m,
  ),
  refused(
    "space-before-colon",
    "White space between field name and colon",
    JS,
    "RFC 9112, 5.1: a server MUST reject it with 400",
    /bad-field-line: .*space before colon/,
    /^[^\s:]+[ \t]/m,
  ),
];

const FIELDS: readonly DisagreementClass[] = [
  refused(
    "host-missing",
    "HTTP/1.1 without Host",
    BOTH,
    "RFC 9112, 3.2: a server MUST respond with 400",
    /bad-host: .*it is missing/,
    /^(?:\r\n)?\S+ \S+ HTTP\/1\.[1-9]\r\n/,
  ),
  refused(
    "host-twice",
    "Host on two lines",
    BOTH,
    "RFC 9112, 3.2: a server MUST respond with 400",
    /bad-host: .*it stands twice/,
    /^host:[^]*^host:/im,
  ),
  refused(
    "host-invalid",
    "A Host that is no host with an optional port; an empty one too",
    BOTH,
    "RFC 9112, 3.2: a server MUST respond with 400 to an invalid value",
    /bad-host: .*it is not a host with an optional port/,
    /^host:/im,
  ),
  refused(
    "connection-option",
    "A Connection whose options are no tokens",
    BOTH,
    "RFC 9110, 7.6.1: options are tokens; who guesses at `close` disagrees about where the connection ends",
    /bad-field-line: .*Connection: an option is no token/,
    /^connection:/im,
  ),
  refused(
    "expectation",
    "An Expect other than 100-continue",
    BOTH,
    "RFC 9110, 10.1.1: a server MAY respond with 417; one that it does not know it cannot meet",
    /unknown-expectation/,
    /^expect:/im,
    417,
  ),
  refused(
    "coding-not-chunked",
    "A Transfer-Encoding whose last coding is not chunked, or that is no list of codings",
    BOTH,
    "RFC 9112, 6.3: a server MUST respond with 400 and close, as the end cannot be told",
    /bad-framing: .*Transfer-Encoding is not chunked/,
    /^transfer-encoding:/im,
  ),
  refused(
    "coding-on-two-lines",
    "Transfer-Encoding on two lines",
    BOTH,
    "RFC 9112, 6.1: chunked MUST NOT be applied twice; nobody who means well sends two lines",
    /bad-framing: .*Transfer-Encoding on two lines/,
    /^transfer-encoding:[^]*^transfer-encoding:/im,
  ),
  refused(
    "coding-unknown",
    "A coding before a final chunked",
    BOTH,
    "RFC 9112, 6.1: a server that does not understand a transfer coding SHOULD respond with 501",
    /unknown-coding/,
    /^transfer-encoding:[^\r]*,/im,
    501,
  ),
  refused(
    "coding-in-1.0",
    "Transfer-Encoding in HTTP/1.0",
    BOTH,
    "RFC 9112, 6.1: a server MUST treat the framing as faulty",
    /bad-framing: .*Transfer-Encoding in HTTP\/1\.0/,
    /^(?:\r\n)?\S+ \S+ HTTP\/1\.0\r\n[^]*^transfer-encoding:/im,
  ),
  refused(
    "coding-and-length",
    "Transfer-Encoding beside Content-Length",
    JS,
    "RFC 9112, 6.1: it ought to be handled as an error; it is how requests are smuggled",
    /bad-framing: .*Transfer-Encoding beside Content-Length/,
    /^(?:transfer-encoding:[^]*^content-length:|content-length:[^]*^transfer-encoding:)/im,
  ),
  refused(
    "length-digits",
    "A Content-Length that is empty, signed, a list, or has anything else but digits",
    JS,
    "RFC 9112, 6.3: an invalid Content-Length is unrecoverable: 400 and close",
    /bad-content-length: .*it is not a row of digits/,
    /^content-length:(?![ \t]*\d+[ \t]*\r\n)/im,
  ),
  refused(
    "length-twice",
    "Content-Length on two lines, of the same value too",
    JS,
    "RFC 9112, 6.3: an invalid Content-Length is unrecoverable; taking equal ones is a MAY",
    /bad-content-length: .*it stands on two lines/,
    /^content-length:[^]*^content-length:/im,
  ),
  refused(
    "length-leading-zero",
    "A Content-Length with a leading zero",
    BOTH,
    "RFC 9110, 8.6 has it, yet there are recipients that read octal: `allowLeadingZeros` takes it",
    /bad-content-length: .*it has a leading zero/,
    /^content-length:[ \t]*0\d/im,
  ),
  refused(
    "length-too-large",
    "A Content-Length beyond 2^53-1",
    BOTH,
    "RFC 9110, 8.6: a recipient MUST anticipate large numbers and prevent errors of precision",
    /bad-content-length: .*it is beyond 2\^53-1/,
    /^content-length:[ \t]*\d{16}/im,
  ),
];

const TAKEN: readonly DisagreementClass[] = [
  {
    name: "method-unknown",
    what: "A method that is a token and not one of a fixed list",
    ours: "takes it",
    theirs: { "llhttp": "refuses", "http-parser-js": "refuses" },
    why: "RFC 9110, 9.1: the set of methods is open; what a resource allows is for the application to say",
    about: "head",
    weSay: TAKES,
    theySay: /^refuses: (?:HPE_INVALID_METHOD|Parse Error$|invalid request method$)/,
    found: /^(?:\r\n)?(?!(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|TRACE|PATCH|CONNECT) )[!#$%&'*+\-.^_`|~0-9A-Za-z]+ /,
  },
  {
    name: "minor-version",
    what: "A minor version above 1",
    ours: "serves it as 1.1",
    theirs: { "llhttp": "refuses" },
    why: "RFC 9110, 2.5: a recipient SHOULD process it as the highest minor version that it has",
    about: "head",
    weSay: TAKES,
    theySay: /^refuses: HPE_INVALID_VERSION/,
    found: /^(?:\r\n)?\S+ \S+ HTTP\/1\.[2-9]\r\n/,
  },
  {
    name: "upgrade-in-1.0",
    what: "Upgrade in HTTP/1.0",
    ours: "ignores it",
    theirs: { "llhttp": "switches", "http-parser-js": "switches" },
    why: "RFC 9110, 7.8: a server MUST ignore an Upgrade in an HTTP/1.0 request",
    about: "isTunnel",
    weSay: /^false$/,
    theySay: /^true$/,
    found: /^(?:\r\n)?\S+ \S+ HTTP\/1\.0\r\n[^]*^upgrade:/im,
  },
  {
    name: "upgrade-to-nothing",
    what: "An Upgrade that names no protocol",
    ours: "ignores it",
    theirs: { "llhttp": "switches", "http-parser-js": "switches" },
    why: "RFC 9110, 7.8: it is a list of protocols, and a server MUST NOT switch to one that is not in it",
    about: "isTunnel",
    weSay: /^false$/,
    theySay: /^true$/,
    found: /^upgrade:[ \t,]*\r\n/im,
  },
  {
    name: "upgrade-in-another-option",
    what: "`upgrade` within another connection option, as in `x-upgrade`",
    ours: "ignores Upgrade",
    theirs: { "http-parser-js": "switches" },
    why: "RFC 9110, 7.8: Upgrade counts where the option of that very name is in Connection",
    about: "isTunnel",
    weSay: /^false$/,
    theySay: /^true$/,
    found: /^connection:[^\r]*(?:[^\s,]upgrade|upgrade[^\s,])/im,
  },
  {
    name: "obs-text",
    what: "Octets above 0x7f in a field value",
    ours: "keeps them, one octet one character",
    theirs: { "http-parser-js": "drops their highest bit" },
    why: "RFC 9110, 5.5: obs-text is opaque data, not to be changed",
    about: "fields",
    weSay: /[\x80-\xff]/,
    theySay: /^\[/,
    found: /:[^\n]*[\x80-\xff]/,
    explains: differInObsText,
  },
  {
    name: "obs-text-as-line-end",
    what: "Octets 0x8a and 0x8d in a field value",
    ours: "keeps them, one octet one character",
    theirs: { "http-parser-js": "takes them for LF and CR, and refuses" },
    why: "RFC 9112, 2.2: octets are parsed, not characters",
    about: "head",
    weSay: TAKES,
    theySay: /^refuses: Parse Error$/,
    found: /:[^\n]*[\x8a\x8d]/,
  },
];

/**
 * Tells whether lines differ in values with octets above 0x7f only.
 *
 * @param ours The lines of ours
 * @param theirs Those of the other parser
 * @returns Whether they do
 */
export function differInObsText(ours: readonly Line[], theirs: readonly Line[]): boolean {
  return ours.length === theirs.length && ours.every(([name, value], index) => {
    const [theirName, theirValue] = theirs[index]!;
    return name === theirName && (value === theirValue || /[\x80-\xff]/.test(value));
  });
}

/** Those about heads. */
export const HEAD_CLASSES: readonly DisagreementClass[] = [...REQUEST_LINE, ...LINES, ...FIELDS, ...TAKEN];
