/**
 * Request heads: ours beside http-parser-js, all fields as strings on both sides.
 *
 * @module
 */

import { benchCases } from "./leaves/leaf_case.ts";
import { headCases } from "./leaves/leaf_cases.ts";

benchCases(headCases());
