import { assert, assertEquals, assertMatch, assertThrows } from "@std/assert";
import { mount, type Prefixes } from "../../../core/middleware/mount.ts";
import type { App } from "../../../core/gateway/types.ts";
import { toEnvironDict } from "../../../core/gateway/environ_dict.ts";
import { get, request, Talk } from "../../support/talk.ts";

/** Tells its name and where it stands. */
function teller(name: string): App {
  return ({ scriptName, pathInfo, rawPathInfo }, startResponse) => {
    startResponse(200, { "content-type": "text/plain" });
    return JSON.stringify([name, scriptName, pathInfo, rawPathInfo]);
  };
}

const SITE: App = mount({
  "/api": teller("api"),
  "/api/v2": teller("v2"),
  "/caf\u00e9/": teller("caf\u00e9"),
  "/a b": teller("space"),
  "/__proto__": teller("proto"),
});

function ask(app: App, target: string): unknown {
  const talk = new Talk(app);
  talk.send(get(target));
  assertEquals(talk.errors, []);
  if (talk.sent.startsWith("HTTP/1.1 404 ")) return 404;
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(
    talk.sent.slice(talk.sent.indexOf("\r\n\r\n") + 4),
    (character) => character.charCodeAt(0),
  )));
}

const PATHS: readonly [target: string, seen: unknown][] = [
  ["/api", ["api", "/api", "", ""]],
  ["/api/", ["api", "/api", "/", "/"]],
  ["/api/users?q=/api/v2", ["api", "/api", "/users", "/users"]],
  ["/api/v2", ["v2", "/api/v2", "", ""]],
  ["/api/v2/users/7", ["v2", "/api/v2", "/users/7", "/users/7"]],
  ["/api/v22", ["api", "/api", "/v22", "/v22"]],
  ["/api//v2", ["api", "/api", "//v2", "//v2"]],
  ["/apis", 404],
  ["/", 404],
  ["//api", 404],
  ["/API", 404],
  ["/caf%C3%A9/%C3%A9", ["caf\u00e9", "/caf\u00e9", "/\u00e9", "/%C3%A9"]],
  ["/caf%E9/x", 404],
  ["/a%20b/c%20d", ["space", "/a b", "/c d", "/c%20d"]],
  ["/%61%70i/x", ["api", "/api", "/x", "/x"]],
  ["/api%2Fv2", 404],
  ["/api/v2%2Fx", ["api", "/api", "/v2/x", "/v2%2Fx"]],
  ["/api%252Fx", 404],
  ["/api/%FF%zz", ["api", "/api", "/%FF%zz", "/%FF%zz"]],
  ["/api/..", ["api", "/api", "/..", "/.."]],
  ["/__proto__/x", ["proto", "/__proto__", "/x", "/x"]],
  ["/constructor", 404],
];

Deno.test("mount: the longest prefix wins, and moves from pathInfo to scriptName", async (t) => {
  for (const [target, seen] of PATHS) await t.step(target, () => assertEquals(ask(SITE, target), seen));
});

Deno.test("mount takes pairs, and a prefix for all", () => {
  const app = mount([["/", teller("root")], ["/api", teller("api")]]);
  assertEquals(ask(app, "/x"), ["root", "", "/x", "/x"]);
  assertEquals(ask(app, "/api/x"), ["api", "/api", "/x", "/x"]);
  const talk = new Talk(app, { protocol: { asteriskToApplication: true } });
  talk.send(request("OPTIONS * HTTP/1.1"));
  assertMatch(talk.sent, /\["root","","\*","\*"\]$/);
});

Deno.test("mount within mount moves on", () => {
  const app = mount({ "/a%2Fb": teller("never"), "/a": mount({ "/b": teller("inner") }) });
  assertEquals(ask(app, "/a/b/c"), ["inner", "/a/b", "/c", "/c"]);
  assertEquals(ask(app, "/a%2Fb"), 404);
});

Deno.test("mount changes nothing for others", () => {
  const inner = mount({ "/a": teller("a") });
  const talk = new Talk((environ, startResponse) => {
    const result = inner(environ, startResponse);
    assertEquals([environ.scriptName, environ.pathInfo, environ.rawPathInfo], ["", "/a/b", "/a/b"]);
    return result;
  });
  talk.send(get("/a/b"));
  assertEquals(talk.errors, []);
});

Deno.test("mount goes by the path that middleware has set", () => {
  const inner = mount({ "/a%41": teller("literal"), "/aA": teller("decoded") });
  const rewriting: App = (environ, startResponse) => {
    environ.pathInfo = "/a%41/\u00e9";
    return inner(environ, startResponse);
  };
  assertEquals((ask(rewriting, "/x") as string[]).slice(0, 3), ["literal", "/a%41", "/\u00e9"]);
});

Deno.test("mount: PATH_INFO of the dictionary is what is left", () => {
  const talk = new Talk(mount({
    "/a": (environ, startResponse) => {
      const { SCRIPT_NAME, PATH_INFO } = toEnvironDict(environ);
      startResponse(200);
      return `${SCRIPT_NAME} ${PATH_INFO}`;
    },
  }));
  talk.send(get("/a/%C3%A9"));
  assert(talk.sent.endsWith("/a /\xc3\x83\xc2\xa9"));
});

Deno.test("mount refuses what makes no sense", async (t) => {
  const app = teller("");
  const wrong: readonly [name: string, prefixes: Prefixes, message: string][] = [
    ["no slash", { api: app }, `Cannot mount at "api": a prefix begins with "/"`],
    ["twice", [["/a", app], ["/a/", app]], `Cannot mount at "/a/": the prefix stands twice`],
    ["no application", { "/a": 5 as never }, `Cannot mount at "/a": number is no application`],
  ];
  for (const [name, prefixes, message] of wrong) {
    await t.step(name, () => {
      assertThrows(() => mount(prefixes), TypeError, message);
    });
  }
});
