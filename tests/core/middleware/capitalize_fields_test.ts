import { assertEquals, assertInstanceOf } from "@std/assert";
import type { FieldsInit } from "../../../core/fields.ts";
import { capitalizeFields } from "../../../core/middleware/capitalize_fields.ts";
import { answer, DATE, get, Talk } from "../../support/talk.ts";

const NAMES: readonly [given: string, sent: string][] = [
  ["content-TYPE", "Content-Type"],
  ["ETag", "Etag"],
  ["WWW-Authenticate", "Www-Authenticate"],
  ["x-a-b", "X-A-B"],
  ["-x--y-", "-X--Y-"],
  ["x_a", "X_a"],
  ["1a", "1a"],
];

Deno.test("capitalizeFields: each part of a name begins with a capital (eventlet's rule)", async (t) => {
  for (const [given, sent] of NAMES) {
    await t.step(given, () => {
      const talk = new Talk(capitalizeFields((_environ, startResponse) => {
        startResponse("200 all fine", { [given]: "kept AS-it is" });
      }));
      talk.send(get());
      assertEquals(talk.sent, answer("200 all fine", [`${sent}: kept AS-it is`, "content-length: 0", DATE]));
    });
  }
});

Deno.test("capitalizeFields keeps lines, no fields, and what is heeded", () => {
  const inits: readonly [fields: FieldsInit | undefined, lines: string[]][] = [
    [undefined, ["content-length: 2", DATE]],
    [[["x-a", "1"], ["X-A", "2"]], ["X-A: 1", "X-A: 2", "content-length: 2", DATE]],
    [{ "set-cookie": ["a", "b"] }, ["Set-Cookie: a", "Set-Cookie: b", "content-length: 2", DATE]],
    [{ "content-length": "2", connection: "close" }, ["content-length: 2", DATE, "connection: close"]],
  ];
  for (const [fields, lines] of inits) {
    const talk = new Talk(capitalizeFields((_environ, startResponse) => {
      const write = startResponse(200, fields);
      assertEquals(typeof write, "function");
      return "ok";
    }));
    talk.send(get());
    assertEquals(talk.sent, answer("200 OK", lines, "ok"));
  }
});

Deno.test("capitalizeFields leaves it to the gateway to refuse", () => {
  for (const fields of [{ "x a": "b" }, { "x-a": "b\r\nc: d" }, [[5, "b"]], "x-a: b"]) {
    const talk = new Talk(capitalizeFields((_environ, startResponse) => {
      startResponse(200, fields as FieldsInit);
      return "ok";
    }));
    talk.send(get());
    assertEquals(talk.sent.slice(9, 12), "500");
    assertInstanceOf(talk.errors[0], TypeError);
  }
});
