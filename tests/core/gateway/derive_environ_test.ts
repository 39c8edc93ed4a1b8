import { assert, assertEquals, assertInstanceOf } from "@std/assert";
import { deriveEnviron } from "../../../core/gateway/derive_environ.ts";
import { Environ } from "../../../core/gateway/environ.ts";
import { answer, DATE, get, Talk } from "../../support/talk.ts";

/** Runs a test with an environ. */
function withEnviron(test: (environ: Environ) => void, text = get("/a?b")): Talk {
  const talk = new Talk((environ, startResponse) => {
    test(environ);
    startResponse(200);
    return "ok";
  });
  talk.send(text);
  assertEquals(talk.errors, []);
  return talk;
}

Deno.test("deriveEnviron gives an Environ with members of its own", () => {
  withEnviron((environ) => {
    const derived = deriveEnviron(environ, { method: "PUT", pathInfo: "/x" });
    assertInstanceOf(derived, Environ);
    assertEquals([derived.method, derived.pathInfo, derived.queryString], ["PUT", "/x", "b"]);
    assertEquals([environ.method, environ.pathInfo], ["GET", "/a"]);
    derived.pathInfo = "/y";
    assertEquals([derived.pathInfo, environ.pathInfo], ["/y", "/a"]);
  });
});

Deno.test("deriveEnviron gives every other member of the original", () => {
  withEnviron((environ) => {
    const derived = deriveEnviron(environ, {});
    const names = [...Object.getOwnPropertyNames(Environ.prototype), ...Object.keys(environ)];
    assert(names.length > 25);
    for (const name of names as (keyof Environ)[]) {
      if (typeof environ[name] !== "function") assertEquals(derived[name], environ[name], name);
    }
  });
});

Deno.test("deriveEnviron writes through what is not overridden", () => {
  const calls: string[] = [];
  withEnviron((environ) => {
    const derived = deriveEnviron(environ, { scriptName: "/s" });
    derived.state.seen = 1;
    assertEquals(environ.state.seen, 1);
    derived.pathInfo = "/other";
    assertEquals(environ.pathInfo, "/other");
    derived.postHooks = [() => void calls.push("one")];
    derived.postHooks.push(() => void calls.push("two"));
    environ.result = 5;
    assertEquals(derived.result, 5);
  });
  assertEquals(calls, ["one", "two"]);
});

Deno.test("deriveEnviron gives the original's methods", async () => {
  const talk = new Talk(function* (environ, startResponse) {
    const derived = deriveEnviron(deriveEnviron(environ, { method: "X" }), { scriptName: "/s" });
    assertEquals([derived.method, derived.scriptName], ["X", "/s"]);
    derived.inform(103, { link: "</a>" });
    derived.trailers({ "x-sum": "1" });
    startResponse(200);
    yield "ok";
  });
  talk.send(get());
  await talk.rest();
  assertEquals(
    talk.sent,
    answer("103 Early Hints", ["link: </a>"]) +
      answer("200 OK", ["transfer-encoding: chunked", DATE], "2\r\nok\r\n0\r\nx-sum: 1\r\n\r\n"),
  );
});

Deno.test("deriveEnviron asks a getter each time", () => {
  withEnviron((environ) => {
    let count = 0;
    const derived = deriveEnviron(environ, {
      get queryString() {
        return String(++count);
      },
    });
    assertEquals([derived.queryString, derived.queryString], ["1", "2"]);
  });
});
