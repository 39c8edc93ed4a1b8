/**
 * Gives the memory of large blocks back as soon as nobody needs them, for runtimes that make one for each read.
 *
 * Garbage collectors let many of them lie: 20 clients that sent endless trailers had Bun grow by 42 MiB, and by 29 so.
 *
 * @module
 */

/** Smaller blocks are worth less than the call, in octets. */
const LARGE = 16_384;

/** Not all runtimes have it. */
interface Transferable {
  transfer?(length: number): unknown;
}

/**
 * Frees a block. Its octets must not be looked at any more.
 *
 * @param bytes The block; nothing is done if it is small, or only a part of its memory
 */
export function freeBlock(bytes: Uint8Array): void {
  // Asked first: Bun makes the buffer of a small block only when somebody asks for it.
  if (bytes.length < LARGE) return;
  const { buffer } = bytes;
  if (bytes.length === buffer.byteLength) (buffer as Transferable).transfer?.(0);
}
