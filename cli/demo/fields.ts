/**
 * Fields that many of the demo's answers have.
 *
 * @module
 */

import { FieldSection } from "../../core/fields.ts";

/** The fields of a plain text. */
export const TEXT: FieldSection = new FieldSection(["content-type", "text/plain"]);

/** The fields of a text that may have any character. */
export const UTF8_TEXT: FieldSection = new FieldSection(["content-type", "text/plain;charset=utf-8"]);
