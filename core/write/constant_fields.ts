/**
 * Remembers what was made of fields that never change, a `FieldSection` or a frozen record: who gives the same ones again
 * and again has them checked once.
 *
 * @module
 */

import { FieldSection, type FieldsInit, keepPrepared, preparedOf } from "../fields.ts";
import type { PreparedFields } from "./prepared_fields.ts";

const records: WeakMap<FieldsInit, PreparedFields> = new WeakMap();

/**
 * Looks fields up.
 *
 * @param fields What was given
 * @returns What was made of them, if they are constant and were given before
 */
export function findConstant(fields: FieldsInit): PreparedFields | undefined {
  return fields instanceof FieldSection ? preparedOf(fields) as PreparedFields | undefined : records.get(fields);
}

/**
 * Remembers fields, if they can never change.
 *
 * @param fields What was given
 * @param prepared What was made of them
 */
export function keepConstant(fields: FieldsInit, prepared: PreparedFields): void {
  if (fields instanceof FieldSection) keepPrepared(fields, prepared);
  else if (typeof fields === "object" && Object.isFrozen(fields) && isConstant(fields)) records.set(fields, prepared);
}

/** Lists are objects of their own, and a getter may give another value each time. */
function isConstant(fields: FieldsInit): boolean {
  if (Symbol.iterator in fields) return false;
  return Object.values(Object.getOwnPropertyDescriptors(fields)).every(({ value }) => typeof value === "string");
}
