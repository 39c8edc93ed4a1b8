/**
 * Numbers out of the query of a request target, within bounds, so that nobody makes the demo work without end.
 *
 * @module
 */

/** A query value that cannot be used; the message is for the client. */
export class QueryError extends Error {}

/** A number that a query may give. */
export interface QueryNumber {
  /** What it is if the query does not have it. */
  readonly fallback: number;
  /** The largest that is taken. The least is 0. */
  readonly maximum: number;
}

/**
 * Reads whole numbers from a query.
 *
 * @param query The query, without `?`
 * @param wanted The numbers, by name
 * @returns Their values, by name
 * @throws {QueryError} If one is not a whole number in decimal digits, or too large
 *
 * @example
 * ```ts ignore
 * readNumbers("pieces=3", { pieces: { fallback: 1, maximum: 100 } }).pieces; // 3
 * ```
 */
export function readNumbers<Name extends string>(
  query: string,
  wanted: Readonly<Record<Name, QueryNumber>>,
): Record<Name, number> {
  const given = new URLSearchParams(query);
  const numbers = {} as Record<Name, number>;
  for (const name of Object.keys(wanted) as Name[]) {
    const { fallback, maximum } = wanted[name];
    const text = given.get(name);
    numbers[name] = text === null ? fallback : toNumber(name, text, maximum);
  }
  return numbers;
}

function toNumber(name: string, text: string, maximum: number): number {
  // 15 digits are exact; `Number` alone would take "", "1e3", "0x10" and "-1".
  if (!/^[0-9]{1,15}$/.test(text)) throw new QueryError(`${name} must be a whole number of at least 0`);
  const value = Number(text);
  if (value > maximum) throw new QueryError(`${name} must be at most ${maximum}`);
  return value;
}
