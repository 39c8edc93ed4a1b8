/**
 * A measured piece of work, and the same work done by somebody else: what the `*_bench.ts` files give to `deno bench`,
 * and what `bench/check.ts` holds against each other.
 *
 * @module
 */

/** One way to do the work. */
export interface LeafEntry {
  /** Whose way: `sluice`, `http-parser-js` ... */
  readonly name: string;
  /** Does it once, with the next input: no call has the input of the call before. */
  readonly run: () => void;
}

/** One piece of work. */
export interface LeafCase {
  /** What is done. */
  readonly group: string;
  /** Our way, then the others'. */
  readonly entries: readonly LeafEntry[];
  /** What has to be done whoever does it, and no more: nobody can be faster. */
  readonly least?: LeafEntry;
}

/**
 * Gives cases to `deno bench`: a group each, ours the baseline.
 *
 * @param cases The cases
 */
export function benchCases(cases: readonly LeafCase[]): void {
  for (const { group, entries, least } of cases) {
    const all = least === undefined ? entries : [...entries, least];
    all.forEach(({ name, run }, index) => Deno.bench({ group, name, baseline: index === 0, fn: run }));
  }
}

/**
 * Goes round a list of inputs, so that each call has another one.
 *
 * @param inputs The inputs
 * @returns Gives the next one
 */
export function takeTurns<Input>(inputs: readonly Input[]): () => Input {
  let turn = 0;
  return () => {
    turn = turn + 1 === inputs.length ? 0 : turn + 1;
    return inputs[turn]!;
  };
}

/** What is done with results, so that no engine finds out that nobody wants them. */
export const sink: { value: unknown; octets: number } = { value: undefined, octets: 0 };

/**
 * Looks at each octet, as a consumer of content does at least once.
 *
 * @param bytes The block
 * @param start Where the octets start
 * @param end Where they end
 */
export function touch(bytes: Uint8Array, start: number, end: number): void {
  let sum = 0;
  for (let at = start; at < end; at++) sum += bytes[at]!;
  sink.octets += sum;
}
