/**
 * `fileWrapper`: a file, or anything that is read in blocks, as content: PEP 3333's `wsgi.file_wrapper`.
 *
 * @module
 */

/** Something that is read in blocks, such as `Deno.FsFile`. */
export interface FileSource {
  /**
   * Reads what is there into a block.
   *
   * @param block The block
   * @returns How many octets; null, or 0, at the end
   */
  read(block: Uint8Array): Promise<number | null>;
  /** Closes it. */
  close?(): void | PromiseLike<void>;
}

/** Something that is read in blocks without waiting. */
export interface SyncFileSource {
  /**
   * Reads what is there into a block.
   *
   * @param block The block
   * @returns How many octets; null, or 0, at the end
   */
  readSync(block: Uint8Array): number | null;
  /** Closes it. */
  close?(): void | PromiseLike<void>;
}

/** The content of a source, from its position on. It closes the source in every ending. */
export class FileWrapper implements AsyncIterableIterator<Uint8Array> {
  readonly #source: FileSource | SyncFileSource;
  readonly #blockSize: number;
  #rest = Infinity;
  #isServed = false;
  #block: Uint8Array | undefined;
  #isReading = false;
  #isOver = false;

  /**
   * Wraps a source.
   *
   * @param source The source
   * @param blockSize How many octets are read at once
   * @throws {TypeError} If it cannot be read
   * @throws {RangeError} If the size is no whole number of at least 1
   */
  constructor(source: FileSource | SyncFileSource, blockSize: number) {
    if (!Number.isInteger(blockSize) || blockSize < 1) {
      throw new RangeError(`Cannot wrap file: blocks of ${blockSize} octets`);
    }
    if (
      typeof (source as FileSource).read !== "function" && typeof (source as SyncFileSource).readSync !== "function"
    ) {
      throw new TypeError("Cannot wrap file: it has neither read nor readSync");
    }
    this.#source = source;
    this.#blockSize = blockSize;
  }

  /** The wrapper is its own iterator: a source is read once. */
  [Symbol.asyncIterator](): this {
    return this;
  }

  /**
   * Says that the gateway itself asks for the blocks: it is done with one before it asks for the next, so that one
   * block serves all.
   *
   * @param length The announced length of the content: no more is read; undefined for all
   */
  serve(length: number | undefined): void {
    this.#isServed = true;
    this.#rest = length ?? Infinity;
  }

  /**
   * Reads a block.
   *
   * @returns The octets, or the end
   */
  async next(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#isOver) return { done: true, value: undefined };
    const block = this.#takeBlock();
    const count = block.length === 0 ? 0 : await this.#read(block);
    if (count === 0 || this.#isOver) {
      await this.#close();
      return { done: true, value: undefined };
    }
    this.#rest -= count;
    return { done: false, value: block.subarray(0, count) };
  }

  /**
   * Closes the source; if it is being read, as soon as that is over.
   *
   * @returns The end
   */
  async return(): Promise<IteratorResult<Uint8Array, undefined>> {
    if (this.#isReading) this.#isOver = true;
    else if (!this.#isOver) await this.#close();
    return { done: true, value: undefined };
  }

  #takeBlock(): Uint8Array {
    const size = Math.min(this.#blockSize, this.#rest);
    if (!this.#isServed || size === 0) return new Uint8Array(size);
    this.#block ??= new Uint8Array(size);
    return this.#block.length > size ? this.#block.subarray(0, size) : this.#block;
  }

  async #read(block: Uint8Array): Promise<number> {
    const source = this.#source;
    this.#isReading = true;
    try {
      const count = ("read" in source ? await source.read(block) : source.readSync(block)) ?? 0;
      if (count >= 0 && count <= block.length) return count;
      throw new RangeError(`Cannot read file: ${count} octets in a block of ${block.length}`);
    } catch (error) {
      this.#isReading = false;
      await this.#close();
      throw error;
    } finally {
      this.#isReading = false;
    }
  }

  async #close(): Promise<void> {
    this.#isOver = true;
    await this.#source.close?.();
  }
}

/**
 * Gives a file as the content of an answer: in blocks, no faster than the client takes them, from its position on to
 * its end, or to the announced Content-Length. Nothing is read before it is returned to the gateway. The file is closed
 * when all is sent, when something fails, and when the client has left.
 *
 * @param source The file: anything with `read`, or with `readSync`
 * @param blockSize How many octets are read at once. @default {65_536}
 * @returns The content
 * @throws {TypeError} If the source cannot be read
 * @throws {RangeError} If the size is no whole number of at least 1
 *
 * @example
 * ```ts
 * import { fileWrapper } from "@sluice/sluice/core";
 * import type { App } from "@sluice/sluice";
 * import { exchange } from "@sluice/sluice/memory";
 * import { assertMatch } from "@std/assert";
 *
 * const app: App = async (_environ, startResponse) => {
 *   const file = await Deno.open("LICENSE");
 *   const { size } = await file.stat();
 *   startResponse(200, { "content-type": "text/plain", "content-length": String(size) });
 *   return fileWrapper(file);
 * };
 * const answer = await exchange(app, "GET / HTTP/1.1\r\nHost: a\r\n\r\n");
 * assertMatch(new TextDecoder().decode(answer), /\r\n\r\nMIT License/);
 * ```
 */
export function fileWrapper(source: FileSource | SyncFileSource, blockSize: number = 65_536): FileWrapper {
  return new FileWrapper(source, blockSize);
}
