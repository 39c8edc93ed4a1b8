/**
 * How `lint` says what is wrong.
 *
 * @module
 */

import { FLUSH, INPUT_PENDING } from "../gateway/piece.ts";

/**
 * Makes the error for a broken rule.
 *
 * @param message What was seen, and what should be
 * @returns The error
 */
export function fault(message: string): TypeError {
  return new TypeError(`Lint: ${message}`);
}

/**
 * Checks how many arguments a call has.
 *
 * @param name What is called
 * @param args Its arguments
 * @param least How many there must be
 * @param most How many there may be
 * @throws {TypeError} For another number
 */
export function checkCount(name: string, args: readonly unknown[], least: number, most: number = least): void {
  if (args.length >= least && args.length <= most) return;
  const wanted = least === most ? String(least) : `${least} to ${most}`;
  throw fault(`${name} was called with ${args.length} arguments, not ${wanted}`);
}

/**
 * Names a value for a message.
 *
 * @param value Any value
 * @returns For instance `a number`, `null`, `a Map`
 */
export function nameOf(value: unknown): string {
  if (value === undefined || value === null) return String(value);
  if (value === FLUSH) return "FLUSH";
  if (value === INPUT_PENDING) return "INPUT_PENDING";
  const name = typeof value === "object" ? value.constructor?.name || "object" : typeof value;
  return `${/^[aeiou]/i.test(name) ? "an" : "a"} ${name}`;
}
