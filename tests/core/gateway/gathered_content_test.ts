import { assertEquals, assertRejects, assertThrows } from "@std/assert";
import { ProtocolError } from "../../../core/errors.ts";
import { NO_FIELDS } from "../../../core/fields.ts";
import { GatheredContent } from "../../../core/gateway/gathered_content.ts";
import { Input } from "../../../core/gateway/input.ts";
import { octets, textOf } from "../../support/octet_text.ts";

function gathered(text: string): Input {
  const content = octets(text);
  return new Input(new GatheredContent(content, { trailers: NO_FIELDS }), { kind: "length", length: content.length });
}

Deno.test("GatheredContent asks for no 100 (Continue), whatever fields it would have", async () => {
  const input = gathered("hello");
  input.continueFields({ "x-a": "b" });
  assertEquals([input.sendContinue(), input.sendContinue({ "x-a": "b" })], [false, false]);
  assertEquals(textOf(await input.read()), "hello");
});

Deno.test("GatheredContent gives nothing more once a read was over its limit", async () => {
  const input = gathered("hello");
  const error = await assertRejects(() => input.text({ limit: 4 }), ProtocolError);
  assertEquals(error.code, "content-too-large");
  assertEquals(await assertRejects(() => input.read(1)), error);
  assertEquals(assertThrows(() => [...input.available()]), error);
});

Deno.test("GatheredContent gives copies: what the reader changes is not what the next one reads", async () => {
  const content = octets("hello");
  const input = new Input(new GatheredContent(content, { trailers: NO_FIELDS }), { kind: "length", length: 5 });
  (await input.read()).fill(0);
  assertEquals(textOf(content), "hello");
});
