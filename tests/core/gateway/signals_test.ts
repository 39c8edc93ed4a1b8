import { assert, assertEquals, assertInstanceOf, assertRejects, assertStrictEquals } from "@std/assert";
import { ConnectionClosingError, ConnectionLostError, TimeoutError } from "../../../core/errors.ts";
import type { Environ } from "../../../core/gateway/environ.ts";
import { GatewaySettings } from "../../../core/gateway/settings.ts";
import { LocalSignalBus, type SignalBus } from "../../../core/gateway/signal_bus.ts";
import { Signals, type WaitOptions } from "../../../core/gateway/signals.ts";
import type { App, Item } from "../../../core/gateway/types.ts";
import { FakeSurroundings, settled } from "../../support/fake_surroundings.ts";
import { answer, DATE, get, post, Talk } from "../../support/talk.ts";

/** Signals that belong to nobody, on a clock in the test's hand. */
function unbound(bus: SignalBus = new LocalSignalBus()) {
  const surroundings = new FakeSurroundings();
  return { bus: bus as LocalSignalBus, surroundings, signals: new Signals({ bus, surroundings }) };
}

/** A conversation whose application waits for the signal `news` and answers what became of it. */
function waiting(options: WaitOptions = {}, request: string = get()) {
  const bus = new LocalSignalBus();
  const reasons: unknown[] = [];
  let environ: Environ | undefined;
  const app: App = async (given, startResponse) => {
    environ = given;
    try {
      const value = await given.signals.wait("news", options);
      startResponse(200);
      return String(value);
    } catch (error) {
      reasons.push(error);
      throw error;
    }
  };
  const talk = new Talk(app, { signals: bus });
  talk.send(request);
  return { talk, bus, reasons, environ: environ! };
}

const FAILS = {
  settle: () => {
    throw new Error("settled");
  },
  fail: () => {},
};

Deno.test("signals.wait gives the value that signals.send sends, and send the number woken (C-4, D-39)", async () => {
  const { signals, bus } = unbound();
  const waits = [signals.wait("a"), signals.wait("a"), signals.wait("b")];
  assertEquals(await signals.send("a", 1), 2);
  assertEquals(await Promise.all(waits.slice(0, 2)), [1, 1]);
  assertEquals(signals.pending, 1);
  assertEquals(await signals.send("b"), 1);
  assertEquals(await waits[2], undefined);
  assertEquals(bus.size, 0);
});

Deno.test("signals.send without anyone who waits is lost", async () => {
  const { signals, bus } = unbound();
  assertEquals(await signals.send("a", 1), 0);
  const wait = signals.wait("a", { timeout: 5 });
  assertEquals(signals.pending, 1);
  assertEquals(await signals.send("a", 2), 1);
  assertEquals(await wait, 2);
  assertEquals(bus.size, 0);
});

const SAME: readonly [one: unknown, other: unknown, isSame: boolean][] = [
  ["a", "a", true],
  [1, "1", false],
  [NaN, NaN, true],
  [0, -0, true],
  [undefined, null, false],
  [10n, 10n, true],
  [FAILS, FAILS, true],
  [{}, {}, false],
];

Deno.test("signal names are compared as the keys of a Map", async (t) => {
  for (const [one, other, isSame] of SAME) {
    await t.step(`${String(one)} and ${String(other)}`, async () => {
      const { signals } = unbound();
      signals.wait(one);
      assertEquals(await signals.send(other), isSame ? 1 : 0);
    });
  }
});

Deno.test("signals.send holds the signal until there are enough recipients, then wakes all", async () => {
  const { signals, bus } = unbound();
  const order: string[] = [];
  const wait = (name: string) => signals.wait("a").then((value) => order.push(`${name} ${value}`));
  const waits = [wait("first")];
  const sent = signals.send("a", "value", { recipients: 3 }).then((woken) => order.push(`woke ${woken}`));
  waits.push(wait("second"));
  await settled();
  assertEquals(order, []);
  waits.push(wait("third"));
  await Promise.all([sent, ...waits]);
  assertEquals(order.sort(), ["first value", "second value", "third value", "woke 3"]);
  assertEquals(bus.size, 0);
});

Deno.test("a held signal is taken back when its time is over, and wakes nobody then", async () => {
  const { signals, bus, surroundings } = unbound();
  const sent = signals.send("a", 1, { recipients: 1, timeout: 10 });
  surroundings.advance(10);
  await assertRejects(() => sent, TimeoutError, "Cannot wait any longer than 10 ms");
  assertEquals(bus.size, 0);
  signals.wait("a");
  assertEquals(signals.pending, 1);
});

Deno.test("two held signals go to those who wait, one after the other", async () => {
  const { signals } = unbound();
  const held = [signals.send("a", 1, { recipients: 2 }), signals.send("a", 2, { recipients: 1 })];
  assertEquals(await signals.wait("a"), 2);
  const waits = [signals.wait("a"), signals.wait("a")];
  assertEquals(await Promise.all([...waits, ...held]), [1, 1, 2, 1]);
});

Deno.test("who begins to wait when woken waits for the next signal", () => {
  const bus = new LocalSignalBus();
  const woken: string[] = [];
  const again = { settle: () => woken.push("again"), fail: () => {} };
  bus.wait("a", {
    settle() {
      woken.push("first");
      bus.wait("a", again);
    },
    fail() {},
  });
  for (let i = 0; i < 3; i++) bus.send("a", 0, 0, { settle: (count) => woken.push(`${count}`), fail: () => {} });
  assertEquals(woken, ["first", "1", "again", "1", "0"]);
});

Deno.test("signals.wait ends after its timeout, and leaves nothing behind", async () => {
  const { signals, bus, surroundings } = unbound();
  const wait = signals.wait("a", { timeout: 100 });
  surroundings.advance(99);
  assertEquals(signals.pending, 1);
  surroundings.advance(1);
  const error = await assertRejects(() => wait, TimeoutError);
  assertEquals(error.name, "TimeoutError");
  assertEquals([bus.size, signals.pending, surroundings.timers], [0, 0, 0]);
});

Deno.test("a weak timeout is pushed back while there is activity, a strong one is not", async () => {
  const surroundings = new FakeSurroundings();
  const host = { bus: new LocalSignalBus(), surroundings, activity: 0 };
  const signals = new Signals(host);
  const ends: string[] = [];
  for (const weak of [true, false]) {
    signals.wait("a", { timeout: 100, weak }).catch(() => ends.push(weak ? "weak" : "strong"));
  }
  for (let ms = 0; ms < 300; ms += 10) {
    surroundings.advance(10);
    host.activity += 1;
    await settled();
    if (ms === 90) assertEquals(ends, ["strong"]);
  }
  assertEquals(ends, ["strong"]);
  surroundings.advance(99);
  await settled();
  assertEquals(ends, ["strong"]);
  surroundings.advance(26);
  await settled();
  assertEquals(ends, ["strong", "weak"]);
  assertEquals(surroundings.timers, 0);
});

Deno.test("signals.sleep ends when its time is over, or with the signal's reason", async () => {
  const { signals, surroundings } = unbound();
  const slept = signals.sleep(50).then(() => "slept");
  const controller = new AbortController();
  const ended = signals.sleep(1000, { signal: controller.signal });
  surroundings.advance(50);
  assertEquals(await slept, "slept");
  controller.abort(new Error("enough"));
  await assertRejects(() => ended, Error, "enough");
  await assertRejects(() => signals.sleep(0, { signal: controller.signal }), Error, "enough");
  assertEquals([signals.pending, surroundings.timers], [0, 0]);
});

const WRONG: readonly [what: string, run: (signals: Signals) => Promise<unknown>][] = [
  ["timeout -1", (signals) => signals.wait("a", { timeout: -1 })],
  ["timeout NaN", (signals) => signals.wait("a", { timeout: NaN })],
  ["sleep -1", (signals) => signals.sleep(-1)],
  ["recipients -1", (signals) => signals.send("a", 0, { recipients: -1 })],
  ["recipients 0.5", (signals) => signals.send("a", 0, { recipients: 0.5 })],
];

Deno.test("signals refuse", async (t) => {
  for (const [what, run] of WRONG) {
    await t.step(what, async () => {
      const { signals, bus } = unbound();
      await assertRejects(() => run(signals), RangeError);
      assertEquals(bus.size, 0);
    });
  }
});

Deno.test("a bus that fails rejects the wait", async () => {
  const { signals } = unbound({
    wait(name, party) {
      if (name === "now") throw new Error("now");
      party.fail(new Error("soon"));
      return () => {};
    },
    send: () => () => {},
  });
  await assertRejects(() => signals.wait("now"), Error, "now");
  await assertRejects(() => signals.wait("soon"), Error, "soon");
  assertEquals(signals.pending, 0);
});

Deno.test("a gateway has a bus of its own, unless it is given one", () => {
  const signals = new LocalSignalBus();
  assertEquals(new GatewaySettings({ signals }).signals === signals, true);
  assertEquals(new GatewaySettings().signals === new GatewaySettings().signals, false);
});

Deno.test("connections with the same bus reach each other, others do not", async () => {
  const signals = new LocalSignalBus();
  const app: App = async ({ signals, method }, startResponse) => {
    const result = method === "GET" ? await signals.wait("a") : await signals.send("a", "hello");
    startResponse(200);
    return `${result}`;
  };
  const [first, second] = [new Talk(app, { signals }), new Talk(app, { signals })];
  const other = new Talk(app);
  for (const talk of [first, other]) talk.send(get());
  second.send(post(""));
  await Promise.all([first.rest(), second.rest(), other.rest()]);
  assertEquals(first.sent, answer("200 OK", ["content-length: 5", DATE], "hello"));
  assertEquals(second.sent, answer("200 OK", ["content-length: 1", DATE], "1"));
  assertEquals(other.sent, "");
});

Deno.test("a waiter whose client left by FIN is released at once (D-44)", async () => {
  const { talk, bus, reasons, environ } = waiting();
  talk.end();
  await talk.rest();
  assertInstanceOf(reasons[0], ConnectionClosingError);
  assertStrictEquals(reasons[0], environ.closing.reason);
  assertEquals(reasons[0].by, "peer");
  assertEquals(bus.size, 0);
  // Nobody's fault: 503, and nothing for the log of errors.
  assertEquals(talk.sent.slice(0, 12), "HTTP/1.1 503");
  assertEquals(talk.errors, []);
});

Deno.test("a waiter whose client left by a reset is released at once (D-44)", async () => {
  const { talk, bus, reasons, environ } = waiting({ throughHalfClose: true });
  talk.end();
  await talk.rest();
  assertEquals(reasons, []);
  const lost = new ConnectionLostError("reset");
  talk.lose(lost);
  await talk.rest();
  assertEquals([reasons[0] === lost, environ.signal.reason === lost], [true, true]);
  assertEquals([bus.size, talk.errors.length, talk.sent], [0, 0, ""]);
});

Deno.test("a waiter is released when the server begins to drain", async () => {
  const { talk, reasons } = waiting();
  talk.conversation.shutdown(1000);
  await talk.rest();
  assertEquals((reasons[0] as ConnectionClosingError).by, "shutdown");
  assertEquals(talk.sent.slice(0, 12), "HTTP/1.1 503");
  assertEquals(talk.errors, []);
});

Deno.test("a wait that begins behind the peer's end is refused, unless it goes through half-close", async (t) => {
  for (const throughHalfClose of [false, true]) {
    await t.step(String(throughHalfClose), async () => {
      const app: App = async ({ input, signals }, startResponse) => {
        await input.bytes();
        const value = await signals.wait("news", { throughHalfClose });
        startResponse(200);
        return String(value);
      };
      const bus = new LocalSignalBus();
      const talk = new Talk(app, { signals: bus });
      talk.send(post("hello").slice(0, -1));
      talk.send("o");
      talk.end();
      await talk.rest();
      bus.send("news", "late", 0, { settle: () => {}, fail: () => {} });
      await talk.rest();
      assertEquals(talk.sent.slice(9, 12), throughHalfClose ? "200" : "503");
      assertEquals(talk.errors, []);
    });
  }
});

Deno.test("a TimeoutError that the application does not catch is its fault", async () => {
  const { talk, reasons } = waiting({ timeout: 100 });
  await talk.pass(100);
  assertInstanceOf(reasons[0], TimeoutError);
  assertEquals(talk.sent.slice(0, 12), "HTTP/1.1 500");
  assertEquals(talk.errors, reasons);
});

Deno.test("waits that the application left behind end with the exchange", async () => {
  const bus = new LocalSignalBus();
  let left: Promise<unknown> | undefined;
  const talk = new Talk(({ signals }, startResponse) => {
    left = signals.wait("a");
    startResponse(200);
    return "done";
  }, { signals: bus });
  talk.send(get());
  await assertRejects(() => left!, TypeError, "Cannot wait: the exchange is over");
  assertEquals([bus.size, talk.errors.length], [0, 0]);
});

Deno.test("a hook may send a signal though its client is gone", async () => {
  const bus = new LocalSignalBus();
  const woken: unknown[] = [];
  bus.wait("left", { settle: (value) => woken.push(value), fail: () => {} });
  const talk = new Talk(async ({ signals, postHooks }) => {
    postHooks.push(async () => void woken.push(await signals.send("left", "a")));
    await signals.wait("never");
  }, { signals: bus });
  talk.send(get());
  talk.lose();
  await talk.rest();
  assertEquals(woken, ["a", 1]);
});

Deno.test("a generator application yields a wait, a send and a sleep", async () => {
  const talk = new Talk(function* ({ signals }, startResponse): Generator<Item, void, unknown> {
    startResponse(200);
    const woken: unknown = yield signals.send("a");
    yield String(woken);
    yield signals.sleep(10);
    try {
      yield signals.wait("a", { timeout: 10 });
    } catch (error) {
      yield (error as Error).name;
    }
  });
  talk.send(get());
  await talk.rest();
  await talk.pass(10);
  await talk.pass(10);
  assert(talk.sent.endsWith("\r\n1\r\n0\r\nc\r\nTimeoutError\r\n0\r\n\r\n"), talk.sent);
});

Deno.test("a weak timeout sees octets of the exchange's connection, in both directions", async () => {
  const app: App = async ({ signals, input }, startResponse) => {
    const write = startResponse(200);
    input.read();
    await signals.sleep(350).then(() => write("x"));
    await signals.wait("a", { timeout: 100, weak: true }).catch(() => {});
  };
  const { talk } = { talk: new Talk(app) };
  talk.send(post("hello").slice(0, -2));
  await talk.pass(350);
  talk.send("l");
  for (let ms = 0; ms < 50; ms += 25) await talk.pass(25);
  talk.send("o");
  for (let ms = 0; ms < 75; ms += 25) await talk.pass(25);
  assert(!talk.sent.endsWith("0\r\n\r\n"));
  for (let ms = 0; ms < 75; ms += 25) await talk.pass(25);
  assert(talk.sent.endsWith("0\r\n\r\n"));
});
