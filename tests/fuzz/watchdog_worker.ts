/**
 * The other thread of the watchdog: see `watchdog.ts`.
 *
 * @module
 */

import { spell, textOf } from "../support/octet_text.ts";
import { keepInput } from "./corpus.ts";
import { BEGUN, INPUT_LENGTH, IS_RUNNING, NAME_LENGTH, viewOf } from "./watchdog.ts";

/** How often it looks, of the limit. */
const LOOKS = 10;

const thread = self as unknown as { onmessage: (event: MessageEvent) => void };

thread.onmessage = ({ data }) => {
  const { memory, limitMs } = data as { memory: SharedArrayBuffer; limitMs: number };
  const { numbers, octets } = viewOf(memory);
  let seen = -1;
  let since = performance.now();
  setInterval(() => {
    const begun = Atomics.load(numbers, BEGUN);
    if (begun !== seen || Atomics.load(numbers, IS_RUNNING) === 0) {
      seen = begun;
      since = performance.now();
    } else if (performance.now() - since > limitMs) {
      const nameLength = numbers[NAME_LENGTH]!;
      const target = textOf(octets.slice(0, nameLength));
      const input = textOf(octets.slice(nameLength, nameLength + numbers[INPUT_LENGTH]!));
      tell(target, input, begun, limitMs);
    }
  }, limitMs / LOOKS);
};

function tell(target: string, input: string, executions: number, limitMs: number): void {
  const why = `takes more than ${limitMs} ms`;
  console.log(`FOUND in ${target}: it ${why}\n  input: ${spell(input)}\n${executions} executions, 1 findings`);
  keepInput(target, input, why);
  Deno.kill(Deno.pid, "SIGKILL");
}
