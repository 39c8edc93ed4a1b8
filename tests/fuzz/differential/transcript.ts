/**
 * What a parser makes of a stream of requests, in the same words for each parser. Runs on Node.js too.
 *
 * @module
 */

/** One field line. */
export type Line = [name: string, value: string];

/** One request. */
export interface Told {
  readonly method: string;
  readonly target: string;
  /** The minor version: what the parser tells. */
  readonly minor: number;
  readonly fields: Line[];
  /** Whether what follows is no more HTTP: CONNECT, or Upgrade. */
  readonly isTunnel: boolean;
  /** What came of its content so far. */
  content: string;
  trailers: Line[];
  /** Where the next request starts; undefined if it did not end. */
  end: number | undefined;
}

/** What became of the octets behind the last whole request: nothing left, more needed, or why they are refused. */
export type Ending = "clean" | "waits" | { readonly refused: string };

/** All of it. */
export interface Transcript {
  readonly requests: Told[];
  ending: Ending;
}

/** What is used of a parser of Node.js's family. */
export interface NodeParser {
  execute(bytes: Uint8Array): unknown;
  [callback: number]: unknown;
}

/** The numbers of its callbacks. */
export interface NodeParserClass {
  readonly kOnHeaders: number;
  readonly kOnHeadersComplete: number;
  readonly kOnBody: number;
  readonly kOnMessageComplete: number;
}

/** Feeds a parser of Node.js's family octet by octet, since it does not say where a request ends. */
export class NodeTranscriber {
  #transcript: Transcript = { requests: [], ending: "clean" };
  #lines: string[] = [];
  #url = "";
  #at = 0;
  /** Whether octets came that belong to no request yet. */
  #isInHead = false;
  readonly #parser: NodeParser;

  /**
   * Makes a `NodeTranscriber`.
   *
   * @param parser A new parser of requests
   * @param numbers The numbers of its callbacks
   */
  constructor(parser: NodeParser, numbers: NodeParserClass) {
    this.#parser = parser;
    parser[numbers.kOnHeaders] = (lines: string[], url: string) => {
      this.#lines.push(...lines);
      this.#url += url;
    };
    parser[numbers.kOnBody] = (bytes: Uint8Array, offset: number = 0, length: number = bytes.length) => {
      for (const octet of bytes.subarray(offset, offset + length)) {
        this.#transcript.requests.at(-1)!.content += String.fromCharCode(octet);
      }
    };
    parser[numbers.kOnMessageComplete] = () => {
      const request = this.#transcript.requests.at(-1)!;
      request.trailers = inPairs(this.#takeLines());
      request.end = this.#at + 1;
      // Told with trailers, too.
      this.#url = "";
    };
  }

  /**
   * Begins a request.
   *
   * @param method Its method
   * @param target Its target, unless it was told before
   * @param minor Its minor version
   * @param lines Its field lines, unless they were told before
   * @param isTunnel Whether what follows is no more HTTP
   */
  begin(
    method: string,
    target: string | undefined,
    minor: number,
    lines: string[] | undefined,
    isTunnel: boolean,
  ): void {
    const fields = inPairs([...this.#takeLines(), ...lines ?? []]);
    this.#transcript.requests.push({
      method,
      target: target ?? this.#url,
      minor,
      fields,
      isTunnel,
      content: "",
      trailers: [],
      end: undefined,
    });
    this.#url = "";
    this.#isInHead = false;
  }

  /**
   * Feeds all.
   *
   * @param bytes The octets
   * @param reasonOf Gives why an execution failed; undefined if it did not
   * @returns What the parser made of them
   */
  read(bytes: Uint8Array, reasonOf: (result: unknown) => string | undefined): Transcript {
    const transcript = this.#transcript;
    for (; this.#at < bytes.length; this.#at++) {
      const last = transcript.requests.at(-1);
      if (last?.isTunnel) return transcript;
      if (!last || last.end !== undefined) this.#isInHead = true;
      const refused = reasonOf(this.#parser.execute(bytes.subarray(this.#at, this.#at + 1)));
      if (refused !== undefined) {
        transcript.ending = { refused };
        return transcript;
      }
    }
    const last = transcript.requests.at(-1);
    transcript.ending = this.#isInHead || (last && last.end === undefined) ? "waits" : "clean";
    return transcript;
  }

  #takeLines(): string[] {
    return this.#lines.splice(0);
  }
}

function inPairs(flat: readonly string[]): Line[] {
  const lines: Line[] = [];
  for (let i = 0; i < flat.length; i += 2) lines.push([flat[i]!, flat[i + 1]!]);
  return lines;
}
