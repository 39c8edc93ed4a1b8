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

/** Where a fault sits. */
export interface Broken {
  /** Between the gateway and the application. */
  readonly app: (app: App) => App;
  /** Between the gateway and the clock. */
  readonly surroundings: (surroundings: Surroundings) => Surroundings;
  /** Between the gateway and the network. */
  readonly link: typeof Link;
}

const SOUND: Broken = { app: (app) => app, surroundings: (surroundings) => surroundings, link: Link };

/** By name. */
export const FAULTS: Readonly<Record<string, Broken>> = {
  "an octet is lost": atWrites((bytes, write) => write(bytes.length > 1 ? bytes.subarray(1) : bytes)),
  "an octet is doubled": atWrites((bytes, write) => write(Uint8Array.of(...bytes.subarray(0, 400), ...bytes.subarray(399)))),
  "a write is lost": atWrites((bytes, write) => bytes.length > 300 || write(bytes)),
  "answers change places": atWrites((bytes, write) => write(swapAnswers(bytes))),
  "two writes are open": atWrites((bytes, write) => write(bytes) || write(bytes)),
  "the block of an open write changes": atWrites((bytes, write) => {
    if (write(bytes)) return true;
    if (bytes.buffer !== PATTERN_OCTETS.buffer) bytes[0]! ^= 1;
    return false;
  }),
  "something is written behind the close": {
    ...SOUND,
    link: class extends Link {
      protected override finish(): void {
        super.finish();
        this.write(Uint8Array.of(0x0a));
      }
    },
  },
  "deadlines are ignored": {
    ...SOUND,
    link: class extends Link {
      override tick(): void {}
    },
  },
  "reading does not pause": {
    ...SOUND,
    link: class extends Link {
      override pauseReading(): void {}
      override resumeReading(): void {}
    },
  },
  "reading does not go on": {
    ...SOUND,
    link: class extends Link {
      override resumeReading(): void {}
    },
  },
  "a received octet changes": {
    ...SOUND,
    link: class extends Link {
      protected override received(bytes: Uint8Array): void {
        const changed = bytes.slice();
        if (changed.length > 1000) changed[999]! ^= 1;
        super.received(changed);
      }
    },
  },
  "the client's end is not told": {
    ...SOUND,
    link: class extends Link {
      protected override receivedEnd(): void {}
    },
  },
  "timers are not called off": {
    ...SOUND,
    surroundings: (sound) => ({ ...sound, after: (ms, task) => (sound.after(ms, task), () => {}) }),
  },
  "deferred tasks are lost": { ...SOUND, surroundings: (sound) => ({ ...sound, defer: () => {} }) },
  "hooks run twice": inApp((app) => (environ, startResponse) => {
    const result = app(environ, startResponse);
    environ.postHooks.push(...environ.postHooks);
    return result;
  }),
  "hooks do not run": inApp((app) => (environ, startResponse) => {
    const result = app(environ, startResponse);
    environ.postHooks = [];
    return result;
  }),
  "applications are called twice": inApp((app) => (environ, startResponse) => {
    void app(environ, startResponse);
    return app(environ, (status, fields) => startResponse(status, fields, new Error("Again")));
  }),
  "iterators are not closed": inApp((app) => (environ, startResponse) => {
    return rewound(app(environ, startResponse), (iterator) => ({ next: (value) => iterator.next(value) }));
  }),
  "iterators are closed twice": inApp((app) => (environ, startResponse) => {
    return rewound(app(environ, startResponse), (iterator) => ({
      next: (value) => iterator.next(value),
      return: () => (iterator.return!(), iterator.return!()),
    }));
  }),
  "all pieces are taken at once": inApp((app) => (environ, startResponse) => {
    return rewound(app(environ, startResponse), (iterator) => {
      const steps: IteratorResult<Item>[] = [];
      do steps.push(iterator.next()); while (!steps.at(-1)!.done);
      return { next: () => steps.shift()!, return: () => iterator.return!() };
    });
  }),
  "the signal fires": inApp((app) => (environ, startResponse) => {
    return app(deriveEnviron(environ, { signal: AbortSignal.abort() }), startResponse);
  }),
  "an answer has another status": inApp((app) => (environ, startResponse) => {
    return app(environ, (status, fields, error) => startResponse(status === 404 ? 405 : status, fields, error));
  }),
};

/**
 * Finds what a fault breaks.
 *
 * @param fault Its name; undefined for none
 * @returns What is broken, and what is sound
 */
export function withFault(fault: string | undefined): Broken {
  return fault === undefined ? SOUND : FAULTS[fault]!;
}

/** Breaks writes. */
function atWrites(broken: (bytes: Uint8Array, write: (bytes: Uint8Array) => boolean) => boolean): Broken {
  return {
    ...SOUND,
    link: class extends Link {
      override write(bytes: Uint8Array): boolean {
        return broken(bytes, (others) => super.write(others));
      }
    },
  };
}

/** Breaks the application. */
function inApp(app: Broken["app"]): Broken {
  return { ...SOUND, app };
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
