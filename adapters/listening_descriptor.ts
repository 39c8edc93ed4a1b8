/**
 * Whether the socket of a descriptor listens already. The runtimes do not ask: they put to listening whatever socket they
 * are given, one without an address on a port that the system chooses.
 *
 * Only Linux tells, of the sockets of the process's own network namespace. A socket that is in none of its lists before
 * may be one that does not listen, or one of another namespace, which a supervisor handed in; so it is looked up
 * again when the runtime listens on it. Where nothing is known, nothing is held against a descriptor.
 *
 * @module
 */

import { lateBuiltin } from "./late_builtin.ts";

/** The lists of the system's sockets, with the columns of the state and the inode, and the state of one that listens. */
const LISTS: readonly { file: string; state: number; inode: number; listens: RegExp }[] = [
  { file: "tcp", state: 3, inode: 9, listens: /^0A$/ },
  { file: "tcp6", state: 3, inode: 9, listens: /^0A$/ },
  // The flag __SO_ACCEPTCON, 0x10000.
  { file: "unix", state: 3, inode: 6, listens: /^...[13579BDF]....$/ },
];

/** What is used of Deno: anybody else needs no permission. */
interface Permitting {
  readonly Deno?: {
    readonly permissions: { querySync(descriptor: { name: "read"; path: string }): { readonly state: string } };
  };
}

/**
 * Looks at a descriptor before a runtime listens on it.
 *
 * @param fd The descriptor
 * @returns Asked when the runtime listens, tells whether the socket has not done so before
 */
export function watchDescriptor(fd: number): () => boolean {
  const inode = inodeOf(fd);
  if (inode === undefined || isListening(inode)) return () => false;
  return () => isListening(inode);
}

/** Gives the inode of a socket, or undefined if it is none or that cannot be known. */
function inodeOf(fd: number): string | undefined {
  if (!isPermitted()) return undefined;
  try {
    return /^socket:\[([0-9]+)\]$/.exec(lateBuiltin("node:fs").readlinkSync(`/proc/self/fd/${fd}`))?.[1];
  } catch {
    return undefined;
  }
}

/** Deno would ask the user. */
function isPermitted(): boolean {
  const { Deno } = globalThis as Permitting;
  return Deno === undefined || Deno.permissions.querySync({ name: "read", path: "/proc/self" }).state === "granted";
}

function isListening(inode: string): boolean {
  return LISTS.some((list) =>
    linesOf(list.file).some((line) => {
      const columns = line.trim().split(/\s+/);
      return columns[list.inode] === inode && list.listens.test(columns[list.state]!);
    })
  );
}

function linesOf(file: string): string[] {
  try {
    return lateBuiltin("node:fs").readFileSync(`/proc/self/net/${file}`, "utf8").split("\n");
  } catch {
    // A system without IPv6 has no list of it.
    return [];
  }
}
