/**
 * The other thread of the watchdog: see `watchdog.ts`.
 *
 * @module
 */

import { spell, textOf } from "../support/octet_text.ts";
import { keepInput } from "./corpus.ts";
import { BEGUN, INPUT_LENGTH, IS_RUNNING, NAME_LENGTH, viewOf, type WatchOrder } from "./watchdog.ts";

/** How often it looks, of the limit. */
const LOOKS = 10;

const thread = self as unknown as { onmessage: (event: MessageEvent) => void };

thread.onmessage = ({ data }) => {
  const { memory, limitMs, keeps } = data as WatchOrder;
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
      console.log(`FOUND in ${target}: it takes more than ${limitMs} ms\n  input: ${spell(input)}`);
      if (keeps) keepInput(target, input, `takes more than ${limitMs} ms`);
      console.log(`${begun} executions, 1 findings`);
      Deno.kill(Deno.pid, "SIGKILL");
    }
  }, limitMs / LOOKS);
};
