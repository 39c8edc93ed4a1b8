/**
 * Whole exchanges in memory, single and pipelined: no socket, no runtime.
 *
 * @module
 */

import { benchCases } from "./leaves/leaf_case.ts";
import { exchangeCases } from "./leaves/exchange_cases.ts";

benchCases(exchangeCases());
