import { assertEquals, assertInstanceOf, assertRejects } from "@std/assert";
import { ConnectionClosingError, ConnectionLostError } from "../../../core/errors.ts";
import type { Environ } from "../../../core/gateway/environ.ts";
import type { Result } from "../../../core/gateway/types.ts";
import { answer, DATE, get, post, Talk } from "../../support/talk.ts";

const KEPT = answer("200 OK", ["content-length: 2", DATE], "ok");
const CLOSING = answer("200 OK", ["content-length: 2", DATE, "connection: close"], "ok");

Deno.test("abort tells everybody", async () => {
  const reason = new Error("Reset by peer");
  const told: unknown[] = [];
  let returned = 0;
  let environ: Environ | undefined;
  const talk = new Talk((given, startResponse) => {
    environ = given;
    given.signal.addEventListener("abort", () => told.push(["signal", given.signal.reason]));
    given.closing.addEventListener("abort", () => told.push("closing"));
    given.postHooks.push((_environ, outcome) =>
      void told.push(["hook", outcome.error, outcome.completed, outcome.status])
    );
    given.input.read().catch((error) => told.push(["read", error]));
    startResponse(200);
    return {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise<IteratorResult<string>>(() => {}),
        return: () => {
          returned++;
          return Promise.resolve({ done: true as const, value: undefined });
        },
      }),
    };
  }, { observed: true });
  talk.send(post("hello").slice(0, -1));
  await talk.rest();
  assertEquals(environ!.signal.aborted, false);
  talk.lose(reason);
  await talk.rest();
  assertEquals(told, [["signal", reason], ["hook", reason, false, 0], ["read", reason]]);
  assertEquals(returned, 1);
  assertEquals(talk.port.calls, [], "there is nobody to call");
  assertEquals(talk.records.map(({ error, completed }) => [error, completed]), [[reason, false]]);
  assertEquals(talk.errors, [], "a client that leaves is nobody's fault");
  talk.lose(new Error("Again"));
  talk.send(get());
  talk.end();
  talk.conversation.tick();
  talk.conversation.shutdown(0);
  assertEquals(talk.port.calls, []);
  assertEquals(talk.due, Infinity);
});

Deno.test("signal fires when it is asked for after the loss, and has a reason where none was given", async () => {
  let environ: Environ | undefined;
  const never = new Promise<Result>(() => {});
  const talk = new Talk((given) => {
    environ = given;
    return never;
  });
  talk.send(get());
  talk.lose(undefined);
  assertEquals(environ!.signal.aborted, true);
  assertInstanceOf(environ!.signal.reason, ConnectionLostError);
  await assertRejects(() => environ!.input.read(), ConnectionLostError);
});

Deno.test("signal does not fire when the answer is sent, nor when the connection ends behind it", async () => {
  const environs: Environ[] = [];
  const talk = new Talk((environ, startResponse) => {
    environs.push(environ);
    environ.signal;
    startResponse(200);
  });
  talk.send(get() + get("/", "Connection: close"));
  talk.end();
  await talk.rest();
  talk.lose(new Error("Late"));
  assertEquals(environs.map((environ) => environ.signal.aborted), [false, false]);
});

Deno.test("closing fires when the peer ends its side, and answers still go out", async () => {
  const gate = Promise.withResolvers<void>();
  const environs: Environ[] = [];
  const talk = new Talk(async (environ, startResponse) => {
    environs.push(environ);
    if (environ.target === "/watched") environ.closing;
    await gate.promise;
    startResponse(200);
    return "ok";
  });
  talk.send(get("/watched") + get("/next"));
  talk.end();
  assertEquals(environs[0]!.closing.aborted, true);
  assertInstanceOf(environs[0]!.closing.reason, ConnectionClosingError);
  assertEquals((environs[0]!.closing.reason as ConnectionClosingError).by, "peer");
  assertEquals(environs[0]!.signal.aborted, false);
  gate.resolve();
  await talk.rest();
  assertEquals(environs[1]!.closing.aborted, true, "it was so before the request's turn");
  assertEquals(talk.sent, KEPT + CLOSING);
});

Deno.test("an application that fails after the client left is told of, a rejection with the reason is not", async () => {
  const reason = new Error("Reset");
  const later = Promise.withResolvers<Result>();
  const other = new Talk(() => later.promise);
  other.send(get());
  other.lose(reason);
  later.reject(reason);
  await other.rest();
  assertEquals(other.errors, []);

  const failure = new Error("Its own");
  const last = Promise.withResolvers<Result>();
  const talk = new Talk(() => last.promise);
  talk.send(get());
  talk.lose(reason);
  last.reject(failure);
  await talk.rest();
  assertEquals(talk.errors, [failure]);
});

Deno.test("an application that fails with nothing after the client left is told of: nothing is no reason", async () => {
  const later = Promise.withResolvers<Result>();
  const talk = new Talk(() => later.promise);
  talk.send(get());
  talk.lose();
  later.reject(undefined);
  await talk.rest();
  assertEquals(talk.errors, [undefined]);
});

Deno.test("an asynchronous iterable that fails after the client left is told of, unless with the reason", async () => {
  const reason = new Error("Reset");
  const failure = new Error("Its own");
  for (const error of [reason, failure]) {
    const later = Promise.withResolvers<void>();
    const talk = new Talk(async function* (_environ, startResponse) {
      startResponse(200);
      yield "a";
      await later.promise;
    });
    talk.send(get());
    await talk.rest();
    talk.lose(reason);
    later.reject(error);
    await talk.rest();
    assertEquals(talk.errors, error === failure ? [failure] : []);
  }
});

Deno.test("environ.inform sends nothing to a client that is lost, and is no fault", async () => {
  const gone = Promise.withResolvers<void>();
  const talk = new Talk(async (environ, startResponse) => {
    await gone.promise;
    environ.inform(103, { link: "</a>" });
    startResponse(200);
  });
  talk.send(get());
  talk.lose();
  gone.resolve();
  await talk.rest();
  assertEquals([talk.sent, talk.errors], ["", []]);
});
