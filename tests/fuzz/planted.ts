/**
 * A target with a planted bug: it fails behind three tests in a row, and says nothing of how far an input came. Only
 * whoever sees which code runs comes nearer step by step.
 *
 * @module
 */

import type { Target } from "./target.ts";

/** The target. */
export const PLANTED: Target = {
  name: "planted",
  seeds: ["------"],
  words: ["\r\n"],
  run(input) {
    if (input[0] === "G") {
      if (input[1] === "\0") {
        if (input[2] === "T") throw new Error("The planted bug, behind 3 tests");
      }
    }
    return "nothing seen";
  },
};
