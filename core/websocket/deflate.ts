/**
 * Deflates messages for permessage-deflate (RFC 7692, section 7.2.1), each by itself.
 *
 * @module
 */

/** An empty stored block, of which the length is cut off again: it stands behind a final block (section 7.2.3.4). */
const EMPTY_BLOCK = 0x00;

/**
 * Tells whether the runtime can deflate.
 *
 * @returns false where there is no `CompressionStream`; messages then go out as they are
 */
export function canDeflate(): boolean {
  return typeof CompressionStream !== "undefined";
}

/**
 * Deflates a message. `CompressionStream` cannot flush in the middle, so the message is one final block or several
 * blocks with a final one, and an empty block behind them.
 *
 * @param message The message; not to be changed before the promise is settled
 * @returns What goes in its frames
 */
export async function deflateMessage(message: Uint8Array): Promise<Uint8Array> {
  const stream = new CompressionStream("deflate-raw");
  const writer = stream.writable.getWriter();
  // The type asks for a block that is not shared between threads; a shared one fails here, as it should.
  const written = writer.write(message as Uint8Array<ArrayBuffer>).then(() => writer.close());
  // An error comes out of the reader too.
  written.catch(() => {});
  const pieces: Uint8Array[] = [];
  let length = 1;
  const reader = stream.readable.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    pieces.push(read.value);
    length += read.value.length;
  }
  const payload = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    payload.set(piece, at);
    at += piece.length;
  }
  payload[at] = EMPTY_BLOCK;
  return payload;
}
