import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { TimeoutError } from "../../../core/errors.ts";
import { PublishSubscribeQueue } from "../../../core/gateway/publish_subscribe.ts";
import { LocalSignalBus } from "../../../core/gateway/signal_bus.ts";
import { Signals } from "../../../core/gateway/signals.ts";
import { FakeSurroundings } from "../../support/fake_surroundings.ts";

Deno.test("PublishSubscribeQueue gives each subscriber each message, the backlog first", async () => {
  const news = new PublishSubscribeQueue<number>();
  assertEquals(news.publish(1), 0);
  news.subscribe("a");
  news.publish(2);
  news.subscribe("b");
  assertEquals(await news.fetch("a"), [1, 2]);
  assertEquals(await news.fetch("b"), [1, 2]);
  news.subscribe("a"); // keeps its place
  news.publish(3);
  assertEquals(await news.fetch("a"), [3]);
});

Deno.test("PublishSubscribeQueue wakes those who wait, and counts them", async () => {
  const news = new PublishSubscribeQueue<string>();
  for (const key of ["a", "b", "c"]) news.subscribe(key);
  const fetches = [news.fetch("a"), news.fetch("b")];
  assertEquals(news.publish("x"), 2);
  assertEquals(news.publish("y"), 0);
  assertEquals(await Promise.all(fetches), [["x", "y"], ["x", "y"]]);
  assertEquals(await news.fetch("c"), ["x", "y"]);
});

Deno.test("PublishSubscribeQueue.compact drops what everyone has seen", async () => {
  const news = new PublishSubscribeQueue<number>();
  news.publish(1);
  assertEquals([news.compact(), news.size], [0, 1]);
  news.subscribe("a");
  news.subscribe("b");
  news.publish(2);
  await news.fetch("a");
  assertEquals([news.compact(), news.size], [0, 2]);
  news.publish(3);
  await news.fetch("b");
  assertEquals([news.compact(), news.size], [2, 1]);
  assertEquals(await news.fetch("a"), [3]);
  news.subscribe("c");
  assertEquals(await news.fetch("c"), [3]);
});

Deno.test("PublishSubscribeQueue keeps no more than its backlog", async () => {
  const news = new PublishSubscribeQueue<number>({ backlog: 2 });
  news.subscribe("a");
  for (const message of [1, 2, 3]) news.publish(message);
  assertEquals(await news.fetch("a"), [2, 3]);
  assertEquals([news.size, news.compact()], [2, 2]);
  assertThrows(() => new PublishSubscribeQueue({ backlog: 0 }), RangeError);
});

Deno.test("PublishSubscribeQueue.fetch ends with its timeout, and loses nothing", async () => {
  const surroundings = new FakeSurroundings();
  const signals = new Signals({ bus: new LocalSignalBus(), surroundings });
  const news = new PublishSubscribeQueue<number>();
  news.subscribe("a");
  const fetch = news.fetch("a", { signals, timeout: 10 });
  surroundings.advance(10);
  await assertRejects(() => fetch, TimeoutError);
  news.publish(1);
  assertEquals(await news.fetch("a", { signals }), [1]);
});

Deno.test("PublishSubscribeQueue refuses strangers and two fetches at once, and ends a fetch with the subscription", async () => {
  const news = new PublishSubscribeQueue<number>();
  await assertRejects(() => news.fetch("a"), TypeError, "not subscribed");
  news.subscribe("a");
  const fetch = news.fetch("a");
  await assertRejects(() => news.fetch("a"), TypeError, "another fetch");
  assertEquals([news.unsubscribe("a"), news.unsubscribe("a"), news.subscribers], [true, false, 0]);
  assertEquals(await fetch, []);
});
