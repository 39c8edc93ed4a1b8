/**
 * What a measurement is worth nothing without: the date, the machine, the versions, the command.
 *
 * @module
 */

import { runtime } from "../../tests/support/runtimes.ts";
import { CORES } from "./cores.ts";

/** Where and when something was measured. */
export interface Circumstances {
  /** The day, `2026-01-31`. */
  readonly date: string;
  /** Processor, cores and system. */
  readonly machine: string;
  /** The runtimes with their versions. */
  readonly runtimes: string;
  /** How the load was made, and how it was kept apart from the server; undefined where there is none. */
  readonly load: string | undefined;
  /** The command that measured. */
  readonly command: string;
}

/** Our own tool, by name. */
export const OWN_TOOL = "the load tool of the benches";

/**
 * Looks at the machine.
 *
 * @param task The task of `deno.json` that measures
 * @param args Its arguments
 * @param loadBy What made the load, if anything did
 * @returns Where and when this is
 */
export async function circumstances(
  task: string,
  args: readonly string[],
  loadBy?: string,
): Promise<Circumstances> {
  const node = (await output((await runtime("node"))[0]!)).replace(/^v/, "");
  const bun = await output((await runtime("bun"))[0]!);
  const cores = navigator.hardwareConcurrency;
  return {
    date: new Date().toISOString().slice(0, 10),
    machine: `${processor()}, ${cores} core${cores === 1 ? "" : "s"}, ${Deno.build.os} ${Deno.osRelease()}`,
    runtimes: `Deno ${Deno.version.deno}, Node.js ${node}, Bun ${bun}`,
    load: loadBy && `${loadBy}; ${CORES}`,
    command: ["deno task", task, ...args].join(" "),
  };
}

/**
 * Says it in Markdown.
 *
 * @param of What to say
 * @returns A paragraph
 */
export function describeCircumstances(of: Circumstances): string {
  const load = of.load === undefined ? "" : `; load by ${of.load}`;
  return `Measured ${of.date} by \`${of.command}\` on ${of.machine}, with ${of.runtimes}${load}.`;
}

function processor(): string {
  try {
    return /^model name\s*: (.+)$/m.exec(Deno.readTextFileSync("/proc/cpuinfo"))?.[1] ?? Deno.build.arch;
  } catch {
    return Deno.build.arch;
  }
}

async function output(command: string): Promise<string> {
  const { stdout } = await new Deno.Command(command, { args: ["--version"] }).output();
  return new TextDecoder().decode(stdout).trim();
}
