import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TimeoutError } from "../../../core/errors.ts";
import { Queue, QueueEmptyError, QueueFullError } from "../../../core/gateway/queue.ts";
import { LocalSignalBus } from "../../../core/gateway/signal_bus.ts";
import { Signals } from "../../../core/gateway/signals.ts";
import { FakeSurroundings, settled } from "../../support/fake_surroundings.ts";
import { get, Talk } from "../../support/talk.ts";

function clock() {
  const surroundings = new FakeSurroundings();
  return { surroundings, signals: new Signals({ bus: new LocalSignalBus(), surroundings }) };
}

Deno.test("Queue hands items on in order", async () => {
  const queue = new Queue<number>();
  for (const item of [1, 2, 3]) queue.putNow(item);
  assertEquals([queue.size, queue.getNow(), await queue.get(), await queue.get()], [3, 1, 2, 3]);
  const gets = [queue.get(), queue.get()];
  await queue.put(4);
  await queue.put(5);
  assertEquals(await Promise.all(gets), [4, 5]);
});

Deno.test("Queue makes put wait for room, first come, first served", async () => {
  const queue = new Queue<number>({ maxSize: 1 });
  const order: number[] = [];
  for (const item of [1, 2, 3]) queue.put(item).then(() => order.push(item));
  await settled();
  assertEquals([order, queue.size, queue.isFull], [[1], 1, true]);
  assertEquals(queue.getNow(), 1);
  await settled();
  assertEquals(order, [1, 2]);
  assertEquals([queue.getNow(), queue.getNow(), queue.size], [2, 3, 0]);
});

Deno.test("Queue refuses at once where it may not wait", () => {
  const queue = new Queue<number>({ maxSize: 1 });
  assertThrows(() => queue.getNow(), QueueEmptyError);
  queue.putNow(1);
  assertThrows(() => queue.putNow(2), QueueFullError);
  assertThrows(() => new Queue({ maxSize: 0 }), RangeError);
});

Deno.test("Queue waits end with their timeout, and take nothing with them", async () => {
  const { surroundings, signals } = clock();
  const queue = new Queue<number>({ maxSize: 1 });
  const early = queue.get({ signals, timeout: 10 });
  surroundings.advance(10);
  await assertRejects(() => early, TimeoutError);
  await queue.put(1);
  const late = queue.put(2, { signals, timeout: 10 });
  surroundings.advance(10);
  await assertRejects(() => late, TimeoutError);
  assertEquals([queue.getNow(), queue.size, queue.unfinished], [1, 0, 1]);
});

Deno.test("Queue takes no timeout without signals, but a signal", async () => {
  const queue = new Queue<number>();
  await assertRejects(() => queue.get({ timeout: 1 }), TypeError, "no signals were given");
  const controller = new AbortController();
  const wait = queue.get({ signal: controller.signal });
  controller.abort(new Error("enough"));
  await assertRejects(() => wait, Error, "enough");
});

Deno.test("Queue.join waits until each item is done", async () => {
  const queue = new Queue<number>();
  await queue.join();
  queue.putNow(1);
  queue.putNow(2);
  let isJoined = false;
  const joined = queue.join().then(() => isJoined = true);
  queue.getNow();
  queue.done();
  await settled();
  assertEquals(isJoined, false);
  queue.done();
  assertEquals(await joined, true);
  assertThrows(() => queue.done(), RangeError);
});

Deno.test("Queue loses no item to a client that left", async () => {
  const queue = new Queue<string>();
  const talk = new Talk(async ({ signals }, startResponse) => {
    const item = await queue.get({ signals });
    startResponse(200);
    return item;
  });
  talk.send(get());
  talk.end();
  await talk.rest();
  queue.putNow("kept");
  assertEquals([queue.getNow(), talk.errors], ["kept", []]);
});
