/**
 * The vectors: requests, and some responses, as text files, each with what is expected of who reads them. `tests/vectors/README.md`
 * describes their format.
 *
 * @module
 */

import { completeLimits, completeProtocol, type Limits, type ProtocolOptions } from "../../core/limits.ts";
import { octets, unspell } from "./octet_text.ts";

/** Which folder a vector stands in. */
export type VectorKind = "accept" | "refuse";

/** What is expected of one message. */
export interface ExpectedMessage {
  /** The method and the request target, or the status code. */
  readonly line: string;
  /** `key=value` pairs and bare words, in order: see the README. */
  readonly claims: ReadonlyMap<string, string>;
}

/** What is expected when all octets have come and the client has ended its side. */
export interface ExpectedRefusal {
  /** The status code of the refusal. */
  readonly status: number;
  /** Its `ProtocolErrorCode`. */
  readonly code: string;
}

/** One vector. */
export interface Vector {
  /** Folder and file. */
  readonly name: string;
  /** Its folder. */
  readonly kind: VectorKind;
  /** What it shows. */
  readonly rule: string;
  /** Where the rule stands. */
  readonly section: string;
  /** The check without which a parser fails it. */
  readonly catches: string;
  /** Limits other than the defaults. */
  readonly limits: Partial<Limits>;
  /** Protocol options other than the defaults. */
  readonly protocol: Partial<ProtocolOptions>;
  /** The methods of the requests that our client has sent, where the octets are a server's; undefined else. */
  readonly asked: readonly string[] | undefined;
  /** The requests that are read, in order. */
  readonly requests: readonly ExpectedMessage[];
  /** The responses that are read, in order, interim ones too. */
  readonly responses: readonly ExpectedMessage[];
  /** The refusal behind them; undefined if none is expected. */
  readonly refusal: ExpectedRefusal | undefined;
  /** Whether the octets end within a head, which is no error of its own. */
  readonly endsInHead: boolean;
  /** What the peer sends. */
  readonly octets: Uint8Array;
}

/** A vector while its header is read. */
type Draft = { -readonly [Key in keyof Vector]: Vector[Key] };

const FOLDER: URL = new URL("../vectors/", import.meta.url);
const HEADER_LINE = /^# ([a-z-]+): (.*)$/;
const EACH = /^# each: (.*)\n/m;
const CLAIM = /^([a-z:A-Z_-]+)(?:=(?:"((?:[^"\\]|\\.)*)"|([^\s"]\S*)))?(?: |$)/;

/**
 * Reads all vectors.
 *
 * @returns The vectors, by name
 * @throws {SyntaxError} If one is malformed
 */
export function readVectors(): Vector[] {
  const vectors: Vector[] = [];
  for (const kind of ["accept", "refuse"] as const) {
    const names = [...Deno.readDirSync(new URL(kind, FOLDER))].map((entry) => entry.name).sort();
    for (const name of names) {
      const text = Deno.readTextFileSync(new URL(`${kind}/${name}`, FOLDER));
      vectors.push(...variantsOf(`${kind}/${name}`, text).map(([name, text]) => parseVector(name, kind, text)));
    }
  }
  return vectors;
}

/**
 * Makes the variants of a vector: one for each word of its header `each`, which stands wherever `{each}` does.
 *
 * @param name Its folder and file
 * @param text The file's text
 * @returns The name and the text of each; of one without that header, its own
 * @throws {SyntaxError} If the words have no place to stand
 */
export function variantsOf(name: string, text: string): [name: string, text: string][] {
  const words = EACH.exec(text)?.[1]?.split(" ");
  if (!words) return [[name, text]];
  if (!text.includes("{each}")) throw malformed(name, "it has no place for each");
  return words.map((word) => [`${name} with ${word}`, text.replace(EACH, "").replaceAll("{each}", () => word)]);
}

/**
 * Reads one vector.
 *
 * @param name Its folder and file
 * @param kind Its folder
 * @param text The file's text
 * @returns The vector
 * @throws {SyntaxError} If it is malformed
 */
export function parseVector(name: string, kind: VectorKind, text: string): Vector {
  const lines = text.split("\n");
  const bodyStart = lines.findIndex((line) => !line.startsWith("#"));
  const draft: Draft = {
    name,
    kind,
    rule: "",
    section: "",
    catches: "",
    limits: {},
    protocol: {},
    asked: undefined,
    requests: [],
    responses: [],
    refusal: undefined,
    endsInHead: false,
    octets: octets(unspell(lines.slice(bodyStart).join(""))),
  };
  for (const line of lines.slice(0, bodyStart)) readHeaderLine(draft, line);
  checkVector(draft);
  return draft;
}

function readHeaderLine(draft: Draft, line: string): void {
  const match = HEADER_LINE.exec(line);
  if (!match) throw malformed(draft.name, `"${line}" is no header line`);
  const value = match[2]!;
  switch (match[1]) {
    case "rule":
      draft.rule = value;
      return;
    case "section":
      draft.section = value;
      return;
    case "catches":
      draft.catches = value;
      return;
    case "limits":
      draft.limits = Object.fromEntries(
        value.split(" ").map((pair) => [pair.split("=")[0], Number(pair.split("=")[1])]),
      );
      completeLimits(draft.limits);
      return;
    case "protocol":
      draft.protocol = Object.fromEntries(value.split(" ").map((option) => [option, true]));
      completeProtocol(draft.protocol);
      return;
    case "request":
      draft.requests = [...draft.requests, parseMessage(draft.name, value, 2)];
      return;
    case "asked":
      draft.asked = value.split(" ");
      return;
    case "response":
      draft.responses = [...draft.responses, parseMessage(draft.name, value, 1)];
      return;
    case "refuse":
      draft.refusal = { status: Number(value.split(" ")[0]), code: value.split(" ")[1] ?? "" };
      return;
    case "ends":
      if (value !== "in-head") throw malformed(draft.name, `it cannot end ${value}`);
      draft.endsInHead = true;
      return;
    default:
      throw malformed(draft.name, `"${match[1]}" is no header`);
  }
}

/** The first words say which message it is, the others claim something of it. */
function parseMessage(name: string, value: string, words: number): ExpectedMessage {
  const line = value.split(" ", words).join(" ");
  const claims = new Map<string, string>();
  let rest = value.slice(line.length).trimStart();
  while (rest !== "") {
    const match = CLAIM.exec(rest);
    if (!match) throw malformed(name, `"${rest}" is no claim`);
    claims.set(match[1]!, unspell(match[2] ?? match[3] ?? ""));
    rest = rest.slice(match[0].length);
  }
  return { line: unspell(line), claims };
}

function checkVector(vector: Vector): void {
  const { name, rule, section, catches, asked, requests, responses, refusal, kind } = vector;
  if (rule === "") throw malformed(name, "it does not say its rule");
  if (catches === "") throw malformed(name, "it does not say what it catches");
  if (!/^RFC \d+, \d+(?:\.\d+)*$/.test(section)) throw malformed(name, `"${section}" is no section`);
  const file = name.slice(kind.length + 1);
  if (!file.startsWith(`${section.slice(4).replace(", ", "-")}-`)) {
    throw malformed(name, `its name does not start with its section ${section}`);
  }
  if (!/\.http(?: with |$)/.test(file)) throw malformed(name, "its name does not end with .http");
  if ((refusal !== undefined) !== (kind === "refuse")) throw malformed(name, "it stands in the wrong folder");
  const isOfServer = asked !== undefined;
  if ((isOfServer ? requests : responses).length > 0) throw malformed(name, "it expects what its peer does not send");
  const messages = isOfServer ? responses : requests;
  if (messages.length === 0 && refusal === undefined && !vector.endsInHead) throw malformed(name, "it expects nothing");
}

function malformed(name: string, why: string): SyntaxError {
  return new SyntaxError(`Cannot read vector ${name}: ${why}`);
}
