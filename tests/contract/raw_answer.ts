/**
 * A parser of answers for tests, which shares nothing with the core: what the core writes must not be judged by what the
 * core believes. It takes only what a careful server sends, and refuses all else with the reason.
 *
 * Octets are strings here, one character one octet.
 *
 * @module
 */

/** What a client has to know of its request to read the answer. */
export interface Asked {
  /** The method; HEAD and CONNECT change where an answer ends. @default {"GET"} */
  readonly method?: string;
  /** The version of the request; an answer to 1.0 may end with the connection. @default {"1.1"} */
  readonly version?: "1.0" | "1.1";
}

/** One answer. */
export interface RawAnswer {
  /** The status code. */
  readonly status: number;
  /** The reason phrase. */
  readonly reason: string;
  /** The field lines, in order, names as they came. */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The field section as it came, status line included, up to the empty line. */
  readonly head: string;
  /** How the content was framed. */
  readonly framing: "none" | "length" | "chunked" | "close";
  /** The content. */
  readonly content: string;
  /** The sizes of the chunks, the last one left out. */
  readonly chunks: readonly number[];
  /** The trailer section. */
  readonly trailers: readonly (readonly [name: string, value: string])[];
  /** The interim responses before it. */
  readonly interim: readonly RawAnswer[];
  /** Where it ends in the text. */
  readonly end: number;
}

/** What came is no answer as it has to be. */
export class AnswerError extends Error {
  override readonly name: string = "AnswerError";
}

const STATUS_LINE = /^HTTP\/1\.1 ([1-9][0-9]{2}) ([\t\x20-\x7e]*)$/;
const FIELD_LINE = /^([!#$%&'*+\-.^_`|~0-9A-Za-z]+): ((?:[\x21-\x7e](?:[\t\x20-\x7e]*[\x21-\x7e])?)?)$/;
const DATE =
  /^(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), [0-3]\d (?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{4} [0-2]\d:[0-5]\d:[0-6]\d GMT$/;
const CHUNK_LINE = /^[1-9a-f][0-9a-f]*$/;
const LENGTH = /^(?:0|[1-9][0-9]*)$/;
const CONNECTION = /^(?:close|keep-alive|upgrade|close, upgrade)$/;
/** How far the server's clock may be from ours, in ms. */
const CLOCK_DIFFERENCE = 10_000;
const MAX_HEAD = 65_536;
/** Fields that may stand but once. */
const SINGLE = ["content-length", "transfer-encoding", "connection", "date", "content-type", "upgrade"];

/**
 * Reads one answer with the interim responses before it.
 *
 * @param text What has come
 * @param start Where the answer starts
 * @param asked What was asked
 * @param hasEnded Whether the server has ended its side
 * @returns The answer; undefined if more has to come
 * @throws {AnswerError} If it is none, or ends early
 */
export function parseAnswer(text: string, start: number, asked: Asked, hasEnded: boolean): RawAnswer | undefined {
  const interim: RawAnswer[] = [];
  for (let at = start;;) {
    const answer = parseOne(text, at, asked, hasEnded, interim);
    if (answer === undefined && hasEnded) throw wrong("it ends early", text.slice(start));
    if (answer === undefined || answer.status >= 200 || answer.status === 101) return answer;
    interim.push(answer);
    at = answer.end;
  }
}

/**
 * Gives the value of a field.
 *
 * @param answer The answer
 * @param name The name, in any case
 * @returns The values of all lines of that name, joined; undefined if there is none
 */
export function fieldOf(answer: RawAnswer, name: string): string | undefined {
  const values = valuesOf(answer.fields, name);
  return values.length === 0 ? undefined : values.join(", ");
}

function parseOne(
  text: string,
  start: number,
  asked: Asked,
  hasEnded: boolean,
  interim: readonly RawAnswer[],
): RawAnswer | undefined {
  const headEnd = text.indexOf("\r\n\r\n", start);
  if (headEnd < 0) {
    checkBeginning(text.slice(start, start + MAX_HEAD + 1));
    return undefined;
  }
  const head = text.slice(start, headEnd);
  const lines = head.split("\r\n");
  const statusLine = STATUS_LINE.exec(lines[0]!);
  if (!statusLine) throw wrong("no status line", head);
  const status = Number(statusLine[1]);
  const fields = lines.slice(1).map((line) => parseField(line, head));
  const framing = framingOf(status, fields, asked, head);
  checkFields(status, fields, asked, head);
  const body = parseBody(text, headEnd + 4, framing, fields, hasEnded);
  if (!body) return undefined;
  return { status, reason: statusLine[2]!, fields, head, framing, interim, ...body };
}

/** What has come of a head must at least begin like one, so that a test need not wait for its end. */
function checkBeginning(text: string): void {
  if (!"HTTP/1.1 ".startsWith(text.slice(0, 9))) throw wrong("no status line", text);
  if (text.length > MAX_HEAD) throw wrong("a head without end", text);
  if (/[^\r]\n|\r[^\n]|[\0\x80-\xff]/.test(text)) throw wrong("an octet that no head has", text);
}

function parseField(line: string, head: string): [name: string, value: string] {
  const match = FIELD_LINE.exec(line);
  if (!match) throw wrong(`no field line: ${JSON.stringify(line)}`, head);
  return [match[1]!, match[2]!];
}

/** RFC 9112, section 6.3, as strict as a sender has to be: one framing field where content may be, none elsewhere. */
function framingOf(
  status: number,
  fields: readonly (readonly [string, string])[],
  asked: Asked,
  head: string,
): RawAnswer["framing"] {
  const lengths = valuesOf(fields, "content-length");
  const codings = valuesOf(fields, "transfer-encoding");
  if (lengths.length + codings.length > 1) throw wrong("two framing fields", head);
  if (lengths.length === 1 && !LENGTH.test(lengths[0]!)) throw wrong("no content-length", head);
  if (codings.length === 1 && codings[0] !== "chunked") throw wrong("another coding than chunked", head);
  if (codings.length === 1 && asked.version === "1.0") throw wrong("a transfer coding to 1.0", head);
  const isTunnel = asked.method === "CONNECT" && status >= 200 && status < 300;
  if (status < 200 || status === 204 || isTunnel) {
    if (lengths.length + codings.length > 0) throw wrong("a framing field where no content may be", head);
    return "none";
  }
  if (status === 304 || asked.method === "HEAD") return "none";
  if (codings.length === 1) return "chunked";
  if (lengths.length === 1) return "length";
  if (asked.version !== "1.0") throw wrong("no framing field", head);
  if (valuesOf(fields, "connection")[0] !== "close") throw wrong("content to the close, which is not announced", head);
  return "close";
}

function checkFields(
  status: number,
  fields: readonly (readonly [string, string])[],
  asked: Asked,
  head: string,
): void {
  for (const name of SINGLE) {
    if (valuesOf(fields, name).length > 1) throw wrong(`${name} twice`, head);
  }
  const connection = valuesOf(fields, "connection")[0];
  if (connection !== undefined && !CONNECTION.test(connection)) throw wrong("another connection option", head);
  const namesUpgrade = connection?.endsWith("upgrade") === true;
  // RFC 9110, section 7.8: who sends Upgrade also names it in Connection.
  if (namesUpgrade !== valuesOf(fields, "upgrade").length > 0) throw wrong("upgrade without the other upgrade", head);
  if (status < 200) {
    if (asked.version === "1.0") throw wrong("an interim response to 1.0", head);
    return;
  }
  // RFC 9110, section 6.6.1: an origin server with a clock sends it in all 2xx, 3xx and 4xx.
  const date = valuesOf(fields, "date")[0];
  if (date === undefined || !DATE.test(date)) throw wrong("no date", head);
  if (Math.abs(Date.parse(date) - Date.now()) > CLOCK_DIFFERENCE) throw wrong("another time", head);
}

/** The part of an answer that lies behind its head. */
type Body = Pick<RawAnswer, "content" | "chunks" | "trailers" | "end">;

function parseBody(
  text: string,
  start: number,
  framing: RawAnswer["framing"],
  fields: RawAnswer["fields"],
  hasEnded: boolean,
): Body | undefined {
  switch (framing) {
    case "none":
      return { content: "", chunks: [], trailers: [], end: start };
    case "chunked":
      return parseChunked(text, start);
    case "close":
      return hasEnded ? { content: text.slice(start), chunks: [], trailers: [], end: text.length } : undefined;
    case "length": {
      const end = start + Number(valuesOf(fields, "content-length")[0]);
      return end > text.length ? undefined : { content: text.slice(start, end), chunks: [], trailers: [], end };
    }
  }
}

function parseChunked(text: string, start: number): Body | undefined {
  const pieces: string[] = [];
  for (let at = start;;) {
    const lineEnd = text.indexOf("\r\n", at);
    if (lineEnd < 0) {
      if (text.length - at > 17) throw wrong("no chunk line", text.slice(at, at + 40));
      return undefined;
    }
    const line = text.slice(at, lineEnd);
    if (line === "0") return parseTrailers(text, lineEnd + 2, pieces);
    if (!CHUNK_LINE.test(line)) throw wrong("no chunk line", line.slice(0, 80));
    const end = lineEnd + 2 + parseInt(line, 16);
    if (end + 2 > text.length) return undefined;
    if (text.slice(end, end + 2) !== "\r\n") throw wrong("no line end behind a chunk", text.slice(end, end + 40));
    pieces.push(text.slice(lineEnd + 2, end));
    at = end + 2;
  }
}

function parseTrailers(text: string, start: number, pieces: readonly string[]): Body | undefined {
  const content = pieces.join("");
  const chunks = pieces.map((piece) => piece.length);
  if (text.startsWith("\r\n", start)) return { content, chunks, trailers: [], end: start + 2 };
  const end = text.indexOf("\r\n\r\n", start);
  if (end < 0) return undefined;
  const section = text.slice(start, end);
  const trailers = section.split("\r\n").map((line) => parseField(line, section));
  for (const name of ["content-length", "transfer-encoding", "connection", "date", "host"]) {
    if (valuesOf(trailers, name).length > 0) throw wrong(`${name} in the trailer section`, section);
  }
  return { content, chunks, trailers, end: end + 4 };
}

function valuesOf(fields: readonly (readonly [string, string])[], wanted: string): string[] {
  return fields.filter(([name]) => name.toLowerCase() === wanted.toLowerCase()).map(([, value]) => value);
}

function wrong(why: string, text: string): AnswerError {
  return new AnswerError(`Cannot take answer: ${why}: ${JSON.stringify(text.slice(0, 400))}`);
}
