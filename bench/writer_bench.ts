/**
 * The message writer beside a string, `encode` and a copy.
 *
 * @module
 */

import { benchCases } from "./leaves/leaf_case.ts";
import { writerCases } from "./leaves/writer_cases.ts";

benchCases(writerCases());
