/**
 * Installs the packages that the rivals import where Node.js and Bun look for them. The versions are those of
 * `deno.json`, and Deno itself installs them: nothing else is needed.
 *
 * @module
 */

import { fileURLToPath } from "node:url";
import config from "../../deno.json" with { type: "json" };

const RIVALS = new URL("../rivals/", import.meta.url);
const INSTALLED = new URL("node_modules/", RIVALS);

/** Says which versions are installed. */
const STAMP = new URL(".versions.json", INSTALLED);

const NAMES = ["@hono/node-server", "fastify", "hono", "srvx"] as const;

/**
 * Installs what the rivals import, unless it is there.
 *
 * @throws {Error} If Deno cannot install it
 */
export async function installPackages(): Promise<void> {
  const versions = JSON.stringify(
    Object.fromEntries(NAMES.map((name) => [name, versionOf(config.scopes["./bench/"][name])])),
  );
  if (await Deno.readTextFile(STAMP).catch(() => "") === versions) return;
  // Beside its place, for a folder can be renamed only within its file system.
  const folder = await Deno.makeTempDir({ dir: fileURLToPath(RIVALS), prefix: ".install-" });
  try {
    await Deno.writeTextFile(`${folder}/deno.json`, "{}\n");
    await Deno.writeTextFile(`${folder}/package.json`, `{"private":true,"dependencies":${versions}}`);
    const { success, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["install", "--quiet", "--no-lock", "--node-modules-dir=auto"],
      cwd: folder,
    }).output();
    if (!success) throw new Error(`Cannot install packages: ${new TextDecoder().decode(stderr)}`);
    await Deno.remove(INSTALLED, { recursive: true }).catch(() => {});
    await Deno.rename(`${folder}/node_modules`, INSTALLED);
    await Deno.writeTextFile(STAMP, versions);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** `npm:@hono/node-server@2.1.8` has version 2.1.8. */
function versionOf(specifier: string): string {
  return specifier.slice(specifier.lastIndexOf("@") + 1);
}
