import { assertEquals } from "@std/assert";
import type { Environ } from "../../../core/gateway/environ.ts";
import type { App } from "../../../core/gateway/types.ts";
import { answer, DATE, request, Talk, type TalkOptions } from "../../support/talk.ts";

const ok: App = (_environ, startResponse) => {
  startResponse(200);
  return "ok";
};
const OK = answer("200 OK", ["content-length: 2", DATE], "ok");

/** What an application is told of a request, members by name. */
function told(sent: string, options: TalkOptions = {}): Environ {
  let environ: Environ | undefined;
  const talk = new Talk((given, startResponse) => {
    environ = given;
    return ok(given, startResponse);
  }, options);
  talk.send(sent);
  assertEquals(environ === undefined ? talk.sent : "", "", "the application was not called");
  return environ!;
}

Deno.test("OPTIONS * is answered by the server, unless asteriskToApplication hands it over", () => {
  const sent = request("OPTIONS * HTTP/1.1");
  const talk = new Talk(() => {
    throw new Error("Not for the application");
  });
  talk.send(sent + sent);
  const allowed = answer("204 No Content", ["allow: GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS", DATE]);
  assertEquals(talk.sent, allowed + allowed);
  assertEquals(talk.moves, []);

  const environ = told(sent, { protocol: { asteriskToApplication: true } });
  assertEquals([environ.target, environ.pathInfo, environ.url], ["*", "*", "http://example.org"]);
  told(request("OPTIONS / HTTP/1.1"));
});

Deno.test("OPTIONS of an absolute form without path and query is OPTIONS *", async (t) => {
  const options: TalkOptions = { protocol: { asteriskToApplication: true } };
  for (const [target, url] of [["http://a:8001", "http://a:8001"], ["HTTP://a", "http://a"]] as const) {
    await t.step(target, () => {
      const sent = request(`OPTIONS ${target} HTTP/1.1`);
      const talk = new Talk(() => {
        throw new Error("Not for the application");
      });
      talk.send(sent);
      assertEquals(talk.sent.slice(0, 12), "HTTP/1.1 204");
      const environ = told(sent, options);
      assertEquals([environ.target, environ.pathInfo, environ.url], [target, "*", url]);
    });
  }
  for (const [target, path] of [["http://a/", "/"], ["http://a?b", "/"], ["http://a/b", "/b"]] as const) {
    await t.step(target, () => assertEquals(told(request(`OPTIONS ${target} HTTP/1.1`)).pathInfo, path));
  }
});

Deno.test("OPTIONS * with content reads it away", () => {
  const talk = new Talk(ok);
  talk.send(request("OPTIONS * HTTP/1.1", ["Content-Length: 5"], "hello") + request("GET / HTTP/1.1"));
  assertEquals(talk.sent.endsWith(OK), true);
});

Deno.test("a target for https is misdirected on clear text, and served on TLS and from a trusted gateway", () => {
  for (const scheme of ["https", "HTTPS"]) {
    const sent = request(`GET ${scheme}://example.org/a HTTP/1.1`);
    const talk = new Talk(() => {
      throw new Error("Not for the application");
    });
    talk.send(sent);
    assertEquals(
      talk.sent,
      answer("421 Misdirected Request", ["content-length: 0", DATE, "connection: close"]),
    );
    assertEquals(talk.errors, []);
    assertEquals(talk.moves, ["endWriting"]);
    const options = { port: { tls: { version: "TLSv1.3" } } };
    assertEquals(told(sent, options).url, "https://example.org/a");
    assertEquals(told(sent, options).urlScheme, "https");
    assertEquals(told(sent, options).tls, { version: "TLSv1.3" });
    assertEquals(told(sent, { protocol: { trustedGateway: true } }).urlScheme, "https");
  }
  assertEquals(told(request("GET http://example.org/ HTTP/1.1"), { port: { tls: {} } }).urlScheme, "https");
  assertEquals(told(request("GET / HTTP/1.1")).urlScheme, "http");
});

Deno.test("methods that are not known, TRACE among them, are the application's", () => {
  for (const method of ["TRACE", "PURGE", "get", "M-SEARCH", "!#$%&'*+-.^_`|~"]) {
    assertEquals(told(request(`${method} / HTTP/1.1`)).method, method);
  }
});

const PATHS: readonly [target: string, rawPathInfo: string, pathInfo: string, queryString: string, url: string][] = [
  ["/", "/", "/", "", "http://example.org/"],
  ["/a%20b?c=%20d?e", "/a%20b", "/a b", "c=%20d?e", "http://example.org/a%20b?c=%20d?e"],
  ["/?", "/", "/", "", "http://example.org/?"],
  ["/%C3%A9%ff%zz%2", "/%C3%A9%ff%zz%2", "/%C3%A9%ff%zz%2", "", "http://example.org/%C3%A9%ff%zz%2"],
  ["/%c3%a9/%ff", "/%c3%a9/%ff", "/\u00e9/%ff", "", "http://example.org/%c3%a9/%ff"],
  ["/%", "/%", "/%", "", "http://example.org/%"],
  ["/%00%0d%0a", "/%00%0d%0a", "/\0\r\n", "", "http://example.org/%00%0d%0a"],
  ["//host/x", "//host/x", "//host/x", "", "http://example.org//host/x"],
  ["/../a/./b", "/../a/./b", "/../a/./b", "", "http://example.org/../a/./b"],
  ["http://other:81/a?b", "/a", "/a", "b", "http://other:81/a?b"],
  ["http://other", "/", "/", "", "http://other/"],
  ["http://other?b", "/", "/", "b", "http://other/?b"],
  ["/{a}|^`[b]?\\", "/{a}|^`[b]", "/{a}|^`[b]", "\\", "http://example.org/{a}|^`[b]?\\"],
];

Deno.test("environ tells the target in its parts, and never throws", async (t) => {
  for (const [target, rawPathInfo, pathInfo, queryString, url] of PATHS) {
    await t.step(target, () => {
      const environ = told(request(`GET ${target} HTTP/1.1`));
      assertEquals(environ.target, target);
      assertEquals(environ.rawPathInfo, rawPathInfo);
      assertEquals(environ.pathInfo, pathInfo);
      assertEquals(environ.queryString, queryString);
      assertEquals(environ.url, url);
    });
  }
});

Deno.test("environ decodes what is UTF-8 in a path and leaves bad escapes", () => {
  const decoded: [raw: string, decoded: string][] = [
    ["/%C3%A9%2F%41", "/\u00e9/A"],
    ["/%f0%9f%98%80", "/\u{1f600}"],
    ["/%C3/%A9", "/%C3/%A9"],
    ["/a%zzb%41", "/a%zzbA"],
    ["/%ed%a0%80", "/%ed%a0%80"],
    ["/+", "/+"],
  ];
  for (const [raw, path] of decoded) assertEquals(told(request(`GET ${raw} HTTP/1.1`)).pathInfo, path);
});

Deno.test("environ tells both ends, the version and the fields", () => {
  const sent = "GET / HTTP/1.0\r\nX-B: 1\r\nx-a: 2\r\nX-b: 3\r\n\r\n";
  const environ = told(sent, {
    port: {
      local: { transport: "tcp", hostname: "::1", port: 8080 },
      remote: { transport: "tcp", hostname: "192.0.2.1", port: 5 },
    },
  });
  assertEquals(environ.version, "1.0");
  assertEquals(environ.url, "http://[::1]:8080/", "1.0 may come without Host");
  assertEquals([environ.serverName, environ.serverPort], ["::1", 8080]);
  assertEquals(environ.remote, { transport: "tcp", hostname: "192.0.2.1", port: 5 });
  assertEquals([...environ.fields], [["X-B", "1"], ["x-a", "2"], ["X-b", "3"]]);
  assertEquals(environ.fields.get("x-b"), "1, 3");
  const unix = told(sent, {
    port: { local: { transport: "unix", path: "/run/x" }, remote: { transport: "unix", path: "" } },
  });
  assertEquals([unix.serverName, unix.serverPort, unix.url], ["unix", undefined, "http://localhost/"]);
});

Deno.test("environ.url takes our own address for a Host that allowEmptyHost lets be empty", () => {
  const options = { protocol: { allowEmptyHost: true } };
  // "http:///admin/x" is the path "/x" of the host "admin" to who parses it as a URL.
  assertEquals(told("GET /admin/x HTTP/1.1\r\nHost:\r\n\r\n", options).url, "http://127.0.0.1:8000/admin/x");
});

Deno.test("environ.state is a place without a prototype, and its members may be replaced", () => {
  const environ = told(request("GET /a/b HTTP/1.1"));
  assertEquals(environ.state["__proto__"], undefined);
  environ.state["__proto__"] = 1;
  assertEquals(Object.keys(environ.state), ["__proto__"]);
  environ.scriptName = "/a";
  environ.pathInfo = "/b";
  assertEquals([environ.scriptName, environ.pathInfo, environ.rawPathInfo], ["/a", "/b", "/a/b"]);
});

Deno.test("each protocol option allows what it is named after, and nothing is allowed without it", async (t) => {
  const cases: [name: string, sent: string][] = [
    ["allowNonAsciiTarget", request("GET /\xe9 HTTP/1.1")],
    ["allowEmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n"],
    ["allowLeadingZeros", request("POST / HTTP/1.1", ["Content-Length: 00"])],
    ["trustedGateway", request("GET https://example.org/ HTTP/1.1")],
  ];
  for (const [name, sent] of cases) {
    await t.step(name, () => {
      const strict = new Talk(ok);
      strict.send(sent);
      assertEquals(/^HTTP\/1\.1 4\d\d /.test(strict.sent), true, strict.sent);
      const lenient = new Talk(ok, { protocol: { [name]: true } });
      lenient.send(sent);
      assertEquals(lenient.sent, OK);
    });
  }
  const refusals: [name: string, sent: string][] = [
    ["refuseEncodedControls", request("GET /%0d HTTP/1.1")],
    ["refuseRepeatedSingletons", request("GET / HTTP/1.1", ["Content-Type: a/b", "content-type: a/b"])],
  ];
  for (const [name, sent] of refusals) {
    await t.step(name, () => {
      const lenient = new Talk(ok);
      lenient.send(sent);
      assertEquals(lenient.sent, OK);
      const strict = new Talk(ok, { protocol: { [name]: true } });
      strict.send(sent);
      assertEquals(/^HTTP\/1\.1 400 /.test(strict.sent), true, strict.sent);
    });
  }
  await t.step("dropUnderscoreNames", () => {
    const sent = request("GET / HTTP/1.1", ["x_a: 1", "x-a: 2"]);
    assertEquals(told(sent).fields.get("x_a"), "1");
    const environ = told(sent, { protocol: { dropUnderscoreNames: true } });
    assertEquals([environ.fields.get("x_a"), environ.fields.get("x-a")], [undefined, "2"]);
  });
});
