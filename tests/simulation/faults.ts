/**
 * Faults to be planted, so that each check of the simulation is seen to fail: a broken gateway is one whose port, clock
 * or application is not what it was given.
 *
 * @module
 */

import type { Surroundings } from "../../core/gateway/port.ts";
import type { Item, Piece } from "../../core/gateway/piece.ts";
import type { App, Result } from "../../core/gateway/types.ts";
import { deriveEnviron } from "../../core/gateway/derive_environ.ts";
import { Link } from "./link.ts";
import { PATTERN_OCTETS } from "./pattern.ts";

/** What is between the gateway and the rest of the world. */
export interface Surrounded {
  /** Between it and the application. */
  readonly app: (app: App) => App;
  /** Between it and the clock. */
  readonly surroundings: (surroundings: Surroundings) => Surroundings;
  /** Between it and the network. */
  readonly link: typeof Link;
}

/** A fault to be planted. */
export interface Fault extends Partial<Surrounded> {
  /** What the simulation says of it. */
  readonly shows: RegExp;
  /** The character of the clients that come to see it. */
  readonly cast: string;
}

const SOUND: Surrounded = { app: (app) => app, surroundings: (surroundings) => surroundings, link: Link };

/** By name. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  "an octet is lost": {
    shows: /It sent the status line "TTP/,
    cast: "steady",
    link: writing((bytes, write) => write(bytes.length > 1 ? bytes.subarray(1) : bytes)),
  },
  "an octet of content is doubled": {
    shows: /It sent other content within/,
    cast: "long",
    link: writing((bytes, write) => {
      return write(bytes.length < 400 ? bytes : Uint8Array.of(...bytes.subarray(0, 400), ...bytes.subarray(399)));
    }),
  },
  "a write is lost": {
    shows: /It sent (?:the answer|a \d+ too many|status)|It lost|It never ended/,
    cast: "wild",
    link: writing((bytes, write) => bytes.length > 300 || write(bytes)),
  },
  "answers change places": {
    shows: /It sent the answer \d+ in answer \d+/,
    cast: "steady",
    link: writing((bytes, write) => write(swapAnswers(bytes))),
  },
  "two writes are open": {
    shows: /It wrote while a write was open/,
    cast: "rough",
    link: writing((bytes, write) => write(bytes) || write(bytes)),
  },
  "the block of an open write changes": {
    shows: /It changed the block of an open write/,
    cast: "steady",
    link: writing((bytes, write) => {
      if (write(bytes)) return true;
      // Not in the pattern itself, which others send, too.
      if (bytes.buffer !== PATTERN_OCTETS.buffer) bytes[0]! ^= 1;
      return false;
    }),
  },
  "something is written behind the close": {
    shows: /It called write when the connection was finishing/,
    cast: "steady",
    link: class extends Link {
      protected override finish(): void {
        super.finish();
        this.write(Uint8Array.of(0x0a));
      }
    },
  },
  "an idle client is kept": {
    shows: /It has not ended after 65000 ms/,
    cast: "stays",
    link: withoutTicks(),
  },
  "a client that takes nothing is kept": {
    shows: /It waits for a client that takes nothing/,
    cast: "deaf",
    link: withoutTicks(),
  },
  "a head that does not end is waited for": {
    shows: /It has not ended after 10000 ms/,
    cast: "slowHead",
    link: withoutTicks(),
  },
  "deadlines come early": {
    shows: /It ended a stalling client after 6\d{4} ms for 65000/,
    cast: "stays",
    surroundings: (sound) => ({ ...sound, now: () => sound.now() - (sound.now() % 120_000 > 60_000 ? 0 : 3000) }),
  },
  "reading does not pause": {
    shows: /It holds \d+ octets unread/,
    cast: "flood",
    link: class extends Link {
      override pauseReading(): void {}
      override resumeReading(): void {}
    },
  },
  "reading does not go on": {
    shows: /It sent status 408|It lost|It never ended/,
    cast: "flood",
    link: class extends Link {
      override resumeReading(): void {}
    },
  },
  "a received octet changes": {
    shows: /Read other octets than were sent/,
    cast: "wild",
    link: class extends Link {
      protected override received(bytes: Uint8Array): boolean {
        const changed = bytes.slice();
        if (changed.length > 1000) changed[999]! ^= 1;
        return super.received(changed);
      }
    },
  },
  "a block is freed that is in use": {
    shows: /octets|threw|It sent status|detached/,
    cast: "wild",
    link: class extends Link {
      protected override received(bytes: Uint8Array): boolean {
        super.received(bytes);
        return true;
      }
    },
  },
  "the client's end is not told": {
    shows: /It sent status 408 for 400|It waits for a client that does not close|It never ended/,
    cast: "spoilt",
    link: class extends Link {
      protected override receivedEnd(): void {}
    },
  },
  "a client is reset for nothing": {
    shows: /It reset a client that did nothing wrong/,
    cast: "steady",
    link: class extends Link {
      protected override finish(): void {
        this.destroy();
      }
    },
  },
  "timers are not called off": {
    shows: /It left \d+ timers and \d+ tasks behind/,
    cast: "resetter",
    surroundings: (sound) => ({ ...sound, after: (ms, task) => (sound.after(ms, task), () => {}) }),
  },
  "deferred tasks are lost": {
    shows: /It never ended the connection|It lost/,
    cast: "wild",
    surroundings: (sound) => ({ ...sound, defer: () => {} }),
  },
  "hooks run twice": {
    shows: /It ran the hook of \d+ twice/,
    cast: "steady",
    app: (app) => (environ, startResponse) => {
      const result = app(environ, startResponse);
      environ.postHooks.push(...environ.postHooks);
      return result;
    },
  },
  "hooks do not run": {
    shows: /It recorded \d+ before its hook ran/,
    cast: "steady",
    app: (app) => (environ, startResponse) => {
      const result = app(environ, startResponse);
      environ.postHooks = [];
      return result;
    },
  },
  "applications are called twice": {
    shows: /It called an application for \d+ behind/,
    cast: "steady",
    app: (app) => (environ, startResponse) => {
      void app(environ, startResponse);
      return app(environ, (status, fields) => startResponse(status, fields, new Error("Again")));
    },
  },
  "iterators are not closed": {
    shows: /It did not close the iterator/,
    cast: "steady",
    app: (app) => (environ, startResponse) => {
      return rewound(app(environ, startResponse), (iterator) => ({ next: (value) => iterator.next(value) }));
    },
  },
  "iterators are closed twice": {
    shows: /It did not close the iterator/,
    cast: "steady",
    app: (app) => (environ, startResponse) => {
      return rewound(app(environ, startResponse), (iterator) => ({
        next: (value) => iterator.next(value),
        return: () => (iterator.return!(), iterator.return!()),
      }));
    },
  },
  "all pieces are taken at once": {
    shows: /It holds \d+ octets unsent/,
    cast: "long",
    app: (app) => (environ, startResponse) => {
      return rewound(app(environ, startResponse), (iterator) => {
        const steps: IteratorResult<Item>[] = [];
        do steps.push(iterator.next()); while (!steps.at(-1)!.done);
        return { next: () => steps.shift()!, return: () => iterator.return!() };
      });
    },
  },
  "the signal fires": {
    shows: /It fired the signal of \d+, which is answered/,
    cast: "wild",
    app: (app) => (environ, startResponse) => {
      return app(deriveEnviron(environ, { signal: AbortSignal.abort() }), startResponse);
    },
  },
  "the signal fires before the other one": {
    shows: /It fired signal before closing/,
    cast: "leaver",
    app: (app) => (environ, startResponse) => {
      return app(deriveEnviron(environ, { closing: new AbortController().signal }), startResponse);
    },
  },
  "an answer has another status": {
    shows: /It sent status 405 for 404/,
    cast: "wild",
    app: (app) => (environ, startResponse) => {
      return app(environ, (status, fields, error) => startResponse(status === 404 ? 405 : status, fields, error));
    },
  },
};

/**
 * Finds what surrounds the gateway.
 *
 * @param name A fault's; undefined for none
 * @returns What is broken, and what is sound
 * @throws {RangeError} For a name that no fault has
 */
export function surrounded(name: string | undefined): Surrounded {
  if (name === undefined) return SOUND;
  const fault = FAULTS[name];
  if (fault === undefined) throw new RangeError(`Cannot plant "${name}": there is no such fault`);
  return { ...SOUND, ...fault };
}

/** A link that writes otherwise than it is told. */
function writing(broken: (bytes: Uint8Array, write: (bytes: Uint8Array) => boolean) => boolean): typeof Link {
  return class extends Link {
    override write(bytes: Uint8Array): boolean {
      return broken(bytes, (others) => super.write(others));
    }
  };
}

/** A link to which time means nothing. */
function withoutTicks(): typeof Link {
  return class extends Link {
    override tick(): void {}
  };
}

/** Puts another iterator in the place of a generator's. */
function rewound(
  result: ReturnType<App>,
  wind: (iterator: Iterator<Item>) => Iterator<Item>,
): ReturnType<App> {
  const isIterable = typeof result === "object" && result !== null && Symbol.iterator in result;
  if (!isIterable || Array.isArray(result) || result instanceof Uint8Array) return result;
  const iterable = result as Iterable<Item>;
  return { [Symbol.iterator]: () => wind(iterable[Symbol.iterator]()) } as Result & Iterable<Piece>;
}

/** Lets two answers in one block change places. */
function swapAnswers(bytes: Uint8Array): Uint8Array {
  const text = String.fromCharCode(...bytes.subarray(0, 5000));
  const second = text.indexOf("HTTP/1.1 ", 1);
  const third = text.indexOf("HTTP/1.1 ", second + 1);
  if (second < 0 || third < 0) return bytes;
  return Uint8Array.of(...bytes.subarray(second, third), ...bytes.subarray(0, second), ...bytes.subarray(third));
}
