/**
 * What the system tells of a process: the memory it holds, the time it has computed, its descriptors. Linux tells all in
 * `/proc`; elsewhere only the memory is known.
 *
 * @module
 */

/** Ticks of the system's clock in a second: what `/proc` counts in. 100 on every Linux. */
const TICKS = 100;

/**
 * Tells the resident memory.
 *
 * @param pid The id of the process
 * @returns Octets; NaN where it is not known
 */
export function residentMemory(pid: number): number {
  return Number(Deno.build.os === "linux" ? readMemory(pid) : askMemory(pid)) * 1024;
}

/**
 * Tells the time that a process has computed, its own and the system's for it.
 *
 * @param pid The id of the process
 * @returns Milliseconds; NaN where it is not known
 */
export function processorTime(pid: number): number {
  try {
    // The name in brackets may hold anything; user and system time are the 12th and 13th behind it.
    const fields = Deno.readTextFileSync(`/proc/${pid}/stat`).split(") ").at(-1)!.split(" ");
    return (Number(fields[11]) + Number(fields[12])) * 1000 / TICKS;
  } catch {
    return NaN;
  }
}

/**
 * Tells how many descriptors a process has open.
 *
 * @param pid The id of the process
 * @returns How many; NaN where it is not known
 */
export function openDescriptors(pid: number): number {
  try {
    return [...Deno.readDirSync(`/proc/${pid}/fd`)].length;
  } catch {
    return NaN;
  }
}

/**
 * Tells how many descriptors a process may have open.
 *
 * @param pid The id of the process, or "self"
 * @returns The soft limit; NaN where it is not known
 */
export function descriptorLimit(pid: number | "self"): number {
  try {
    return Number(/^Max open files\s+([0-9]+)/m.exec(Deno.readTextFileSync(`/proc/${pid}/limits`))?.[1]);
  } catch {
    return NaN;
  }
}

/** Kibibytes, as `/proc` tells. */
function readMemory(pid: number): string | undefined {
  try {
    return /^VmRSS:\s+(\d+) kB$/m.exec(Deno.readTextFileSync(`/proc/${pid}/status`))?.[1];
  } catch {
    return undefined;
  }
}

/** Kibibytes, as `ps` tells; that takes some milliseconds. */
function askMemory(pid: number): string | undefined {
  try {
    const { stdout } = new Deno.Command("ps", { args: ["-o", "rss=", "-p", String(pid)], stderr: "null" }).outputSync();
    return new TextDecoder().decode(stdout).trim() || undefined;
  } catch {
    return undefined;
  }
}
