/**
 * Mutants that no vector can kill, each with its reason: what they change cannot be seen from outside.
 *
 * A mutant is named by its function and its texts, so that it is found wherever it has moved. An entry that names no
 * survivor any longer fails the run.
 *
 * @module
 */

import { keyOf, type Mutant } from "./mutant.ts";

/** Mutants that are equivalent for one reason. */
export interface Equivalents {
  /** Why. */
  readonly reason: string;
  /** The file. */
  readonly file: string;
  /** The function. */
  readonly within: string;
  /**
   * The texts, `from` and `to`, of each, with `nth` where the function has the same two more than once; or `all` for
   * whatever survives there.
   */
  readonly mutants: "all" | readonly (readonly [from: string, to: string, nth?: number])[];
}

const BEHIND_END = "It looks one octet further, and then needs more just the same: what lies there is not used";
const MESSAGE = "It changes the words of a message for the log, and neither the code nor the status";
const FAST = "It is a short cut: the way round gives the same";
const SENTINEL = "It stands for nothing but itself: any other value that is no result would do";
const LATER = "The check that follows comes to the same";
const TWICE = "It is done in another place too: either of the two is enough";
const REDUNDANT = "Another part of the pattern, or its flag, takes the same";
const MEMORY = "It frees memory, and nothing asks for it afterwards";

const ONCE_MORE = "It has the leaf look once more a section, in vain";
const TABLE = "The octet is a member already, is told apart before the table is asked, or lies beyond it";

/** All of them. */
export const EQUIVALENTS: readonly Equivalents[] = [
  {
    file: "core/parse/chunk_line.ts",
    within: "NO_DIGIT",
    reason: SENTINEL,
    mutants: [["16", "17"]],
  },
  {
    file: "core/parse/chunk_line.ts",
    within: "MAX_BEFORE_DIGIT",
    reason: "A size is a whole number, and the bound lies between the same two",
    mutants: [["Number.MAX_SAFE_INTEGER - 15", "Number.MAX_SAFE_INTEGER"], ["15", "14"]],
  },
  {
    file: "core/parse/chunk_line.ts",
    within: "parseChunkLine",
    reason: "Extensions that begin at a CR, or at the end, are none: to scan them gives the same place",
    mutants: [
      ["at < stop && bytes[at] !== CR", "true"],
      ["at < stop && bytes[at] !== CR", "(at < stop)"],
      ["at < stop && bytes[at] !== CR", "(bytes[at] !== CR)"],
      ["<", "<="],
    ],
  },
  {
    file: "core/parse/chunk_line.ts",
    within: "scanExtensions",
    reason: "Each step looks for the end before it judges: where one of them does not, the next one does",
    mutants: [
      ["at < stop && bytes[at] !== CR", "(bytes[at] !== CR)"],
      ["<", "<="],
      ["at >= stop", "false", 1],
      ["at >= stop", "false", 2],
      ["at >= stop", "false", 3],
      [">=", ">", 1],
      [">=", ">", 2],
      [">=", ">", 3],
      ["at < stop", "true"],
      ["<", "<=", 1],
    ],
  },
  {
    file: "core/parse/chunk_line.ts",
    within: "skipSpace",
    reason: BEHIND_END,
    mutants: [
      [
        "at < stop && (bytes[at] === SP || bytes[at] === HTAB)",
        "((bytes[at] === SP || bytes[at] === HTAB))",
      ],
      ["<", "<="],
    ],
  },
  {
    file: "core/parse/chunk_line.ts",
    within: "scanToken",
    reason: BEHIND_END,
    mutants: [["at < stop && TOKEN[bytes[at]!] === 1", "(TOKEN[bytes[at]!] === 1)"], ["<", "<="]],
  },
  {
    file: "core/parse/chunk_line.ts",
    within: "scanQuotedString",
    reason: BEHIND_END,
    mutants: [["Math.min(at + 1, stop)", "(at + 1)"]],
  },
  {
    file: "core/parse/chunked.ts",
    within: "begin",
    reason: TWICE,
    mutants: [
      ["this.chunkSize = 0;", ";"],
      ["this.chunkRest = 0;", ";"],
      ["this.trailers = NO_FIELDS;", ";"],
      ["this.#trailerWatch.end();", ";"],
    ],
  },
  {
    file: "core/parse/chunked.ts",
    within: "next",
    reason: "Nobody goes on behind the end: the connection reads no content then",
    mutants: [[
      `this.#place === "trailers" && !this.#passTrailers(bytes, end)`,
      "(!this.#passTrailers(bytes, end))",
    ]],
  },
  {
    file: "core/parse/chunked.ts",
    within: "take",
    reason: "The connection hands in where it stands; chunked_test.ts asks for the decoder's own place",
    mutants: [["this.position += count;", ";"]],
  },
  {
    file: "core/parse/chunked.ts",
    within: "#passTrailers",
    reason: "A section without lines is the empty one; the watch may begin anew, and is ended in another place too",
    mutants: [
      ["!watch.watching", "true"],
      ["watch.end();", ";"],
      ["fieldMarks.count > 0", "true"],
      [">", ">="],
      [`this.#place = "done";`, ";"],
    ],
  },
  {
    file: "core/parse/connection_options.ts",
    within: "parseConnectionOptions",
    reason: FAST,
    mutants: [[`value === "keep-alive"`, "false"], [`value === "close"`, "false"]],
  },
  {
    file: "core/parse/content.ts",
    within: "begin",
    reason: "What is made, or noted, without need is not used",
    mutants: [[`framing.kind === "length"`, "true"], [`framing.kind === "chunked"`, "true"]],
  },
  {
    file: "core/parse/content.ts",
    within: "forget",
    reason: MEMORY,
    mutants: [
      ["this.#framing = NO_FRAMING;", ";"],
      ["this.#chunked", "false"],
      ["this.#chunked.trailers = NO_FIELDS;", ";"],
    ],
  },
  {
    file: "core/parse/content.ts",
    within: "rest",
    reason: "Only a response ends with the connection, and of responses nobody asks for the rest",
    mutants: [[`kind === "chunked" || kind === "close"`, `(kind === "chunked")`]],
  },
  {
    file: "core/parse/content.ts",
    within: "chunkSize",
    reason: "It is asked for where there is a run, and without framing there is none",
    mutants: [[`this.#framing.kind === "length"`, "true"]],
  },
  {
    file: "core/parse/content.ts",
    within: "take",
    reason: "The connection keeps its own place; content_test.ts asks for the decoder's",
    mutants: [["this.position += count;", ";"]],
  },
  {
    file: "core/parse/content.ts",
    within: "#nextChunked",
    reason: "At the end nothing of a chunk is left, and what was taken was within the limit",
    mutants: [[
      `step !== "end" && this.taken + chunked.chunkRest > this.#settings.limits.content`,
      "(this.taken + chunked.chunkRest > this.#settings.limits.content)",
    ]],
  },
  {
    file: "core/parse/content.ts",
    within: "#nextPlain",
    reason: "A length over the limit is refused before, so that as much as the limit is taken at its end only",
    mutants: [["isEndless && this.taken >= content", "(this.taken >= content)"]],
  },
  { file: "core/parse/field_lines.ts", within: "NEED_MORE", reason: SENTINEL, mutants: [["1", "2"], ["1", "0"]] },
  {
    file: "core/parse/field_lines.ts",
    within: "scanFieldLines",
    reason: `${BEHIND_END}; and marks are read only where the section is whole`,
    mutants: [
      ["marks.count = 0;", ";"],
      ["at < stop && TOKEN[bytes[at]!] === 1", "(TOKEN[bytes[at]!] === 1)"],
      ["<", "<=", 1],
      [
        "at < stop && ((octet = bytes[at]!) === SP || octet === HTAB)",
        "(((octet = bytes[at]!) === SP || octet === HTAB))",
      ],
      ["<", "<=", 2],
      ["at < stop && FIELD_VALUE[bytes[at]!] === 1", "(FIELD_VALUE[bytes[at]!] === 1)"],
      ["<", "<=", 3],
    ],
  },
  {
    file: "core/parse/field_lines.ts",
    within: "scanFieldLines",
    reason: "A value of white space only ends before it starts, and is as empty",
    mutants: [
      [
        "valueEnd > valueStart && ((octet = bytes[valueEnd - 1]!) === SP || octet === HTAB)",
        "(((octet = bytes[valueEnd - 1]!) === SP || octet === HTAB))",
      ],
      [">", ">="],
    ],
  },
  { file: "core/parse/field_lines.ts", within: "nameOctet", reason: MESSAGE, mutants: "all" },
  { file: "core/parse/field_lines.ts", within: "badName", reason: MESSAGE, mutants: "all" },
  {
    file: "core/parse/framing.ts",
    within: "CODING",
    reason: REDUNDANT,
    mutants: [["_", ""], ["_", "", 1], ["_", "", 2]],
  },
  {
    file: "core/parse/framing.ts",
    within: "responseFraming",
    reason: "Content of length 0 ends where it begins, as no content does",
    mutants: [["length === 0", "false"]],
  },
  {
    file: "core/parse/framing.ts",
    within: "checkIsChunked",
    reason: `${FAST}; and chunked alone was taken before`,
    mutants: [
      [`value === "chunked" || value.toLowerCase() === "chunked"`, `(value.toLowerCase() === "chunked")`],
      [`codings.length > 1 && codings.at(-1) === "chunked"`, `(codings.at(-1) === "chunked")`],
      [">", ">="],
    ],
  },
  {
    file: "core/parse/host.ts",
    within: "HEX_PAIR",
    reason: "It is given two characters, and needs both",
    mutants: [["^", ""]],
  },
  { file: "core/parse/host.ts", within: "IPV_FUTURE", reason: REDUNDANT, mutants: [["A-F", ""], ["a-f", ""]] },
  {
    file: "core/parse/host.ts",
    within: "parseHost",
    reason: "A host that begins with a colon is refused, taken apart or not",
    mutants: [["<", "<="], ["<", "<=", 1]],
  },
  {
    file: "core/parse/host.ts",
    within: "portColon",
    reason: "A bracket that is not closed is refused; the bracket itself is no colon",
    mutants: [
      [`text.indexOf("]") + 1 || text.length`, `(text.indexOf("]") + 1)`],
      [`text.indexOf("]") + 1`, `text.indexOf("]")`],
    ],
  },
  { file: "core/parse/host.ts", within: "isIpv6", reason: LATER, mutants: [["halves.length === 1", "false"]] },
  {
    file: "core/parse/request_line.ts",
    within: "scanRequestLine",
    reason: `${LATER}; and nobody scans where there is no octet`,
    mutants: [
      ["at < end && bytes[at] === CR", "(bytes[at] === CR)"],
      ["<", "<="],
      ["at + limit + 1", "at + limit"],
    ],
  },
  {
    file: "core/parse/request_line.ts",
    within: "scanMethod",
    reason: BEHIND_END,
    mutants: [["at < stop && TOKEN[bytes[at]!] === 1", "(TOKEN[bytes[at]!] === 1)"], ["<", "<="]],
  },
  {
    file: "core/parse/request_line.ts",
    within: "scanMethod",
    reason: MESSAGE,
    mutants: [["octet === CR", "true"], ["octet === CR", "false"]],
  },
  {
    file: "core/parse/request_line.ts",
    within: "scanTarget",
    reason: `${BEHIND_END}; and it is asked in vain whether another octet than a backslash is in the query`,
    mutants: [
      ["at < stop && TARGET[bytes[at]!] === 1", "(TARGET[bytes[at]!] === 1)"],
      ["<", "<="],
      ["octet === BACKSLASH", "true"],
    ],
  },
  {
    file: "core/parse/response_head.ts",
    within: "scanStatusLine",
    reason: BEHIND_END,
    mutants: [["at < stop && FIELD_VALUE[bytes[at]!] === 1", "(FIELD_VALUE[bytes[at]!] === 1)"], ["<", "<=", 3]],
  },
  {
    file: "core/parse/section_watch.ts",
    within: "NOTHING_CERTAIN",
    reason: "All its entries are 0, and one that is missing is no member either",
    mutants: [["256", "257"], ["256", "255"]],
  },
  {
    file: "core/parse/section_watch.ts",
    within: "begin",
    reason:
      "A section ends behind a line end, and its first line ends with octets that are always judged; the end of that line says anew where the fields start, and more lines only have the leaf look sooner",
    mutants: [
      ["this.#fieldsStart = 0;", ";"],
      ["this.#lines = 0;", ";"],
      ["this.#isBehindCr = false;", ";"],
      ["this.#judged = -1;", ";"],
    ],
  },
  {
    file: "core/parse/section_watch.ts",
    within: "#isTaken",
    reason: ONCE_MORE,
    mutants: [[
      `this.#place === "value" || (this.#place === "name" && offset === this.#lineStart)`,
      `(this.#place === "value")`,
    ]],
  },
  {
    file: "core/parse/section_watch.ts",
    within: "#endLine",
    reason: ONCE_MORE,
    mutants: [["isEmpty", "false"]],
  },
  { file: "core/parse/section_watch.ts", within: "#isOver", reason: ONCE_MORE, mutants: [[">", ">="], [">", ">=", 1]] },
  {
    file: "core/parse/steering.ts",
    within: "is",
    reason: FAST,
    mutants: [[
      "(name.charCodeAt(0) | 0x20) === wanted.charCodeAt(0) && name.toLowerCase() === wanted",
      "(name.toLowerCase() === wanted)",
    ]],
  },
  {
    file: "core/parse/target.ts",
    within: "parseAbsoluteForm",
    reason: "An empty authority is refused, and so is one that begins with a slash or a question mark",
    mutants: [["<", "<="]],
  },
  { file: "core/octets.ts", within: "VISIBLE", reason: TABLE, mutants: [["0x21", "32"]] },
  { file: "core/octets.ts", within: "OBS_TEXT", reason: TABLE, mutants: [["0xff", "256"]] },
  { file: "core/octets.ts", within: "octetClass", reason: TABLE, mutants: [["<", "<="]] },
  {
    file: "core/octets.ts",
    within: "QUOTED_TEXT",
    reason: TABLE,
    mutants: [["0x23", "34"], ["0x5b", "92"], ["0x5d", "92"]],
  },
  {
    file: "core/octets.ts",
    within: "CHARACTERS_A_CALL",
    reason: "It bounds the arguments of one call; the text is the same",
    mutants: [["4096", "4097"], ["4096", "4095"]],
  },
  {
    file: "core/octets.ts",
    within: "decodeOctets",
    reason: "It bounds the arguments of one call; what is decoded beyond the end is not sliced",
    mutants: "all",
  },
  {
    file: "core/octets.ts",
    within: "trimSpace",
    reason: "Beyond a text there is no character, and so no space",
    mutants: "all",
  },
  {
    file: "core/message.ts",
    within: "mayHaveBody",
    reason: "What 1xx, and 2xx to CONNECT, are followed by is decided before their framing is looked at",
    mutants: [
      ["status < 200 || status === 204", "(status === 204)"],
      [`method !== "HEAD" && !(method === "CONNECT" && status < 300)`, `(method !== "HEAD")`],
    ],
  },
];

/** What the list says of the mutants that survived. */
export interface Verdict {
  /** Those that are not on it. */
  readonly survivors: readonly Mutant[];
  /** Entries that stand for none, in words. */
  readonly stale: readonly string[];
}

/**
 * Holds survivors against a list.
 *
 * @param alive The mutants that no vector killed
 * @param groups The list, as far as it speaks of what was tried
 * @returns What it says
 */
export function judgeSurvivors(alive: readonly Mutant[], groups: readonly Equivalents[]): Verdict {
  const rest = new Map(alive.map((mutant) => [keyOf(mutant), mutant]));
  const stale: string[] = [];
  for (const { file, within, mutants } of groups) {
    const place = `${file} (${within})`;
    const here = alive.filter((mutant) => mutant.file === file && mutant.within === within);
    if (mutants === "all") {
      if (here.length === 0) stale.push(place);
      for (const mutant of here) rest.delete(keyOf(mutant));
      continue;
    }
    for (const [from, to, nth = 0] of mutants) {
      if (!rest.delete(keyOf({ file, within, from, to, nth }))) stale.push(`${place}: ${from} => ${to || "nothing"}`);
    }
  }
  return { survivors: [...rest.values()], stale };
}
