/**
 * Fields that many of the demo's answers have.
 *
 * @module
 */

import { FieldSection } from "../../core/fields.ts";

/** The fields of a plain text. */
export const TEXT: FieldSection = new FieldSection(["content-type", "text/plain"]);
