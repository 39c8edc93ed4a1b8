/**
 * Types of the stream helpers in use: `deno-std` carries none.
 *
 * @module
 */

/** Gathers a stream of bytes. */
export declare function toArrayBuffer(stream: ReadableStream<Uint8Array>): Promise<ArrayBuffer>;

/** Gathers a stream of bytes. */
export declare function toBytes(stream: ReadableStream<Uint8Array>): Promise<Uint8Array<ArrayBuffer>>;

/** Gathers a stream of bytes. */
export declare function toBlob(stream: ReadableStream<Uint8Array>): Promise<Blob>;

/** Gathers a stream of text or of UTF-8. */
export declare function toText(stream: ReadableStream): Promise<string>;

/** Gathers a stream of JSON text and parses it. */
export declare function toJson(stream: ReadableStream): Promise<unknown>;

/** Gives one stream after the other as one. */
export declare function concatReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T>;

/** Gives several streams as one, each chunk as it comes. */
export declare function mergeReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T>;

/** Gives several streams as one, a chunk of each in turn, until the longest ends. */
export declare function zipReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T>;

/** Gives several streams as one, a chunk of each in turn, until the shortest ends. */
export declare function earlyZipReadableStreams<T>(...streams: ReadableStream<T>[]): ReadableStream<T>;

/** Lets through only the octets from `start` to `end` (inclusive). */
export declare class ByteSliceStream extends TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
  constructor(start?: number, end?: number);
}

/** Lets through at most `size` octets; ends, or fails with `error`, at the chunk that would pass it. */
export declare class LimitedBytesTransformStream extends TransformStream<Uint8Array, Uint8Array<ArrayBuffer>> {
  constructor(size: number, options?: { error?: boolean });
}

/** Cuts text at LF and CRLF, at CR too with `allowCR`. */
export declare class TextLineStream extends TransformStream<string, string> {
  constructor(options?: { allowCR?: boolean });
}
