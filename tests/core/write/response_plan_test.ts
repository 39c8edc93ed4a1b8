/**
 * Tests of how a response is framed: each class of status, method and version, with and without a length.
 *
 * @module
 */

import { assertEquals } from "@std/assert";
import { CHUNKED, type Framing, mayHaveBody, NO_FRAMING, UNTIL_CLOSE } from "../../../core/message.ts";
import { responseFramingFor } from "../../../core/write/response_plan.ts";

/** `-` for a length that is not there. */
type Length = number | "-";

type Row = readonly [
  request: string,
  status: number,
  stated: Length,
  known: Length,
  framing: Framing,
  announced: Length,
  hasBody: boolean,
];

const FIVE: Framing = { kind: "length", length: 5 };

const ROWS: readonly Row[] = [
  ["GET 1.1", 200, "-", "-", CHUNKED, "-", true],
  ["GET 1.1", 200, 5, "-", FIVE, "-", true],
  ["GET 1.1", 200, "-", 5, FIVE, "-", true],
  ["GET 1.1", 200, 5, 7, FIVE, "-", true],
  ["GET 1.1", 200, 0, "-", NO_FRAMING, 0, false],
  ["GET 1.1", 200, "-", 0, NO_FRAMING, 0, false],
  ["GET 1.1", 404, "-", "-", CHUNKED, "-", true],
  ["GET 1.1", 599, 5, "-", FIVE, "-", true],
  ["GET 1.1", 999, "-", 5, FIVE, "-", true],
  ["GET 1.0", 200, "-", "-", UNTIL_CLOSE, "-", true],
  ["GET 1.0", 200, 5, "-", FIVE, "-", true],
  ["GET 1.0", 200, "-", 0, NO_FRAMING, 0, false],
  ["GET 1.0", 500, "-", "-", UNTIL_CLOSE, "-", true],
  ["HEAD 1.1", 200, "-", "-", CHUNKED, "-", false],
  ["HEAD 1.1", 200, 5, "-", NO_FRAMING, 5, false],
  ["HEAD 1.1", 200, "-", 5, NO_FRAMING, 5, false],
  ["HEAD 1.1", 200, 0, "-", NO_FRAMING, 0, false],
  ["HEAD 1.1", 200, "-", 0, NO_FRAMING, 0, false],
  ["HEAD 1.1", 404, 5, "-", NO_FRAMING, 5, false],
  ["HEAD 1.0", 200, "-", "-", NO_FRAMING, "-", false],
  ["HEAD 1.0", 200, 5, "-", NO_FRAMING, 5, false],
  ["GET 1.1", 204, "-", "-", NO_FRAMING, "-", false],
  ["GET 1.1", 204, 5, "-", NO_FRAMING, "-", false],
  ["GET 1.1", 204, "-", 0, NO_FRAMING, "-", false],
  ["GET 1.0", 204, "-", 5, NO_FRAMING, "-", false],
  ["HEAD 1.1", 204, 5, "-", NO_FRAMING, "-", false],
  ["GET 1.1", 205, "-", "-", NO_FRAMING, 0, false],
  ["GET 1.1", 205, 5, 5, NO_FRAMING, 0, false],
  ["GET 1.0", 205, "-", "-", NO_FRAMING, 0, false],
  ["GET 1.1", 304, "-", "-", NO_FRAMING, "-", false],
  ["GET 1.1", 304, "-", 0, NO_FRAMING, "-", false],
  ["GET 1.1", 304, 5, "-", NO_FRAMING, 5, false],
  ["HEAD 1.1", 304, 5, "-", NO_FRAMING, 5, false],
  ["GET 1.0", 304, "-", "-", NO_FRAMING, "-", false],
  ["CONNECT 1.1", 200, 5, "-", NO_FRAMING, "-", false],
  ["CONNECT 1.1", 299, "-", 5, NO_FRAMING, "-", false],
  ["CONNECT 1.1", 300, "-", 5, FIVE, "-", true],
  ["CONNECT 1.1", 407, "-", "-", CHUNKED, "-", true],
  ["CONNECT 1.0", 200, "-", "-", NO_FRAMING, "-", false],
  ["connect 1.1", 200, "-", 5, FIVE, "-", true],
  ["head 1.1", 200, "-", 5, FIVE, "-", true],
  ["OPTIONS 1.1", 200, "-", 0, NO_FRAMING, 0, false],
  ["POST 1.1", 201, "-", "-", CHUNKED, "-", true],
];

Deno.test("responseFramingFor frames each class of response", async (t) => {
  for (const [request, status, stated, known, framing, announced, hasBody] of ROWS) {
    await t.step(`${status} to ${request}, stated ${stated}, known ${known}`, () => {
      const [method, version] = request.split(" ") as [string, string];
      const asked = { method, minorVersion: version === "1.0" ? 0 : 1 } as const;
      const answer = {
        status,
        fields: { contentLength: stated === "-" ? undefined : stated },
        knownLength: known === "-" ? undefined : known,
      };
      const announcedLength = announced === "-" ? undefined : announced;
      assertEquals(responseFramingFor(asked, answer), { framing, announcedLength, hasBody });
    });
  }
});

Deno.test("mayHaveBody knows the responses without one", () => {
  for (const status of [100, 101, 103, 199, 204, 304]) assertEquals(mayHaveBody(status, "GET"), false, `${status}`);
  for (const status of [200, 203, 205, 206, 303, 305, 404, 500]) {
    assertEquals(mayHaveBody(status, "GET"), true, `${status}`);
  }
  assertEquals([mayHaveBody(200, "HEAD"), mayHaveBody(500, "HEAD")], [false, false]);
  assertEquals([mayHaveBody(200, "CONNECT"), mayHaveBody(300, "CONNECT")], [false, true]);
});
