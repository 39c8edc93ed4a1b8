/**
 * The chunked decoder beside http-parser-js, the consumer looking at each octet.
 *
 * @module
 */

import { benchCases } from "./leaves/leaf_case.ts";
import { chunkCases } from "./leaves/leaf_cases.ts";

benchCases(chunkCases());
