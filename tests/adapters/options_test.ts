/** The options of `serve` and `shutdown`: what is refused, and with which words. */

import { assertEquals, assertThrows } from "@std/assert";
import { serve } from "../../adapters/deno.ts";
import { checkServeOptions, checkShutdownOptions, type ServeOptions } from "../../adapters/options.ts";

// deno-lint-ignore no-explicit-any -- what TypeScript would not let through
const refused: [any, typeof TypeError | typeof RangeError, string][] = [
  [{ port: -1 }, RangeError, 'Cannot serve: "port" -1 is not an integer from 0 to 65535'],
  [{ port: 65_536 }, RangeError, '"port" 65536'],
  [{ port: 80.5 }, RangeError, '"port" 80.5'],
  [{ port: NaN }, RangeError, '"port" NaN'],
  [{ port: "8000" }, TypeError, '"port" is not a number'],
  [{ hostname: "" }, TypeError, '"hostname" is not a string of at least one character'],
  [{ hostname: 1 }, TypeError, '"hostname"'],
  [{ path: "" }, TypeError, '"path"'],
  [{ path: "/s", port: 80 }, TypeError, '"path" and "port" exclude each other'],
  [{ path: "/s", hostname: "a" }, TypeError, '"path" and "hostname" exclude each other'],
  [{ path: "/s", cert: "c", key: "k" }, TypeError, '"path" and "cert" exclude each other'],
  [{ listener: {}, port: 80 }, TypeError, '"listener" and "port" exclude each other'],
  [{ listener: {}, path: "/s" }, TypeError, '"listener" and "path" exclude each other'],
  [{ listener: {}, cert: "c", key: "k" }, TypeError, '"listener" and "cert" exclude each other'],
  [{ listener: {}, fd: 3 }, TypeError, '"listener" and "fd" exclude each other'],
  [{ fd: 3, port: 80 }, TypeError, '"fd" and "port" exclude each other'],
  [{ fd: 3, path: "/s" }, TypeError, '"fd" and "path" exclude each other'],
  [{ fd: 3, backlog: 9 }, TypeError, '"fd" and "backlog" exclude each other'],
  [{ fd: -1 }, RangeError, '"fd" -1 is not an integer from 0 to 2147483647'],
  [{ fd: "3" }, TypeError, '"fd" is not a number'],
  [{ cert: "c" }, TypeError, '"cert" and "key" need each other'],
  [{ key: "k" }, TypeError, '"cert" and "key" need each other'],
  [{ backlog: 0 }, RangeError, '"backlog" 0'],
  [{ connections: 0 }, RangeError, '"connections" 0 is not an integer of at least 1'],
  [{ connections: 1.5 }, RangeError, '"connections" 1.5'],
  [{ connections: "9" }, TypeError, '"connections" is not a number'],
  [{ limits: { fieldLines: -1 } }, RangeError, "limits.fieldLines"],
  [{ limits: { lines: 1 } }, TypeError, '"lines"'],
  [{ deadlines: { idle: "1s" } }, TypeError, "deadlines.idle"],
];

Deno.test("serve() refuses options", async (t) => {
  for (const [options, error, message] of refused) {
    await t.step(JSON.stringify(options), () => {
      assertThrows(() => serve(() => "", options as ServeOptions<Deno.Listener>), error, message);
    });
  }
});

Deno.test("checkServeOptions() completes options and parts them", () => {
  const onExchange = () => {};
  assertEquals(checkServeOptions({}), {
    place: {
      hostname: "0.0.0.0",
      port: 8000,
      path: undefined,
      backlog: 511,
      fd: undefined,
      listener: undefined,
      tls: undefined,
    },
    connections: Infinity,
    signal: undefined,
    onListen: undefined,
    gateway: {},
  });
  assertEquals(
    checkServeOptions({ hostname: "[::1]", port: 0, cert: "c", key: "k", connections: 3, limits: {}, onExchange }),
    {
      place: {
        hostname: "::1",
        port: 0,
        path: undefined,
        backlog: 511,
        fd: undefined,
        listener: undefined,
        tls: { cert: "c", key: "k" },
      },
      connections: 3,
      signal: undefined,
      onListen: undefined,
      gateway: { limits: {}, onExchange },
    },
  );
});

Deno.test("checkShutdownOptions() completes and refuses", () => {
  assertEquals(checkShutdownOptions({}, 7), { grace: 0, deadline: 7 });
  assertEquals(checkShutdownOptions({ grace: 5, deadline: Infinity }, 7), { grace: 5, deadline: Infinity });
  assertThrows(() => checkShutdownOptions({ grace: -1 }, 7), RangeError, "grace -1 is not a number of at least 0");
  assertThrows(() => checkShutdownOptions({ deadline: NaN }, 7), RangeError, "deadline NaN");
});
