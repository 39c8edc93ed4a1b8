/**
 * What a server waits for as it starts: the modules that are loaded before an adapter can serve. What only some servers
 * need, TLS, workers, WebSocket, is loaded later, or by who asks for it.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { loadedBefore } from "../support/module_graph.ts";

const ROOT: URL = new URL("../../", import.meta.url);

/** Where all that serves a plain request stands. */
const NEEDED = /^(adapters\/\w+|core\/(\w+|parse\/\w+|write\/\w+|connection\/\w+|gateway\/\w+))\.ts$/;

/** In there, what no plain request needs. */
const FOR_SOME = /^(adapters\/(worker\w*|memory\w*|manual_\w+|\w*fetch)|core\/(mod|connection\/client\w*))\.ts$/;

for (const name of ["deno", "node", "bun"]) {
  Deno.test(`adapters/${name}.ts loads only what a plain request needs`, async () => {
    const loaded = await loadedBefore(ROOT, `adapters/${name}.ts`);
    const others = loaded.filter((module) => !NEEDED.test(module) || FOR_SOME.test(module));
    // Each module of the runtime costs its start some ms; this one is there anyway, or cheap.
    assertEquals(others, ["node:buffer"]);
    assertEquals(loaded.includes("adapters/server.ts"), true, "nothing was found");
  });
}

Deno.test("loadedBefore goes to the end, and past types and import()", async () => {
  const loaded = await loadedBefore(ROOT, "adapters/deno.ts");
  const found = ["core/octets.ts", "core/gateway/types.ts", "adapters/node_transport.ts"].map((module) =>
    loaded.includes(module)
  );
  assertEquals(found, [true, false, false]);
});
