import type { Disagreement } from "./compare.ts";
export function classify(_: Disagreement): string | undefined {
  return undefined;
}
