import { assert, assertEquals } from "@std/assert";
import { FLUSH } from "../../../core/gateway/piece.ts";
import type { App } from "../../../core/gateway/types.ts";
import { answer, DATE, get, Talk } from "../../support/talk.ts";

const LIMIT = 65_536;
const CHUNKED = ["transfer-encoding: chunked", DATE];

/** Applications that send without end; `made` counts their octets. */
const ENDLESS: Record<string, (made: (octets: number) => void) => App> = {
  "generator": (made) =>
    function* (_environ, startResponse) {
      startResponse(200);
      for (;;) {
        made(1000);
        yield "x".repeat(1000);
      }
    },
  "generator of octets": (made) =>
    function* (_environ, startResponse) {
      startResponse(200);
      for (;;) {
        made(1000);
        yield new Uint8Array(1000);
      }
    },
  "generator that flushes": (made) =>
    function* (_environ, startResponse) {
      startResponse(200);
      for (;;) {
        made(1000);
        yield "x".repeat(1000);
        yield FLUSH;
      }
    },
  "generator that waits between": (made) =>
    function* (_environ, startResponse) {
      startResponse(200);
      for (;;) {
        made(1000);
        yield "x".repeat(1000);
        yield Promise.resolve();
      }
    },
  "asynchronous generator": (made) =>
    async function* (_environ, startResponse) {
      startResponse(200);
      for (;;) {
        await null;
        made(1000);
        yield "x".repeat(1000);
      }
    },
  "write": (made) => async (_environ, startResponse) => {
    const write = startResponse(200);
    for (;;) {
      made(1000);
      // What gathers goes out in a later turn, so an application that only awaits write needs no other pause.
      await write("x".repeat(1000));
    }
  },
};

Deno.test("sendBuffer pauses an application whose client takes nothing, and drained resumes it", async (t) => {
  for (const [name, make] of Object.entries(ENDLESS)) {
    await t.step(name, async () => {
      let made = 0;
      const talk = new Talk(make((octets) => made += octets));
      talk.port.isHolding = true;
      talk.send(get());
      await talk.rest();
      assert(talk.port.isOpen);
      assert(made > LIMIT - 2000 && made < LIMIT + 3000, `${made} octets were made`);
      const before = made;
      await talk.pass(10_000);
      assertEquals(made, before);
      for (let i = 0; i < 10; i++) {
        talk.drain();
        await talk.rest();
        const behind = made - talk.port.sentOctets;
        assert(behind < LIMIT + 3000, `${behind} octets wait`);
      }
      assert(made > 4 * LIMIT, `only ${made} octets were made`);
      talk.lose();
    });
  }
});

Deno.test("sendBuffer of one's own", async () => {
  let made = 0;
  const talk = new Talk(ENDLESS["generator"]!((octets) => made += octets), { limits: { sendBuffer: 5000 } });
  talk.port.isHolding = true;
  talk.send(get());
  await talk.rest();
  assert(made >= 5000 && made <= 7000, `${made} octets were made`);
});

Deno.test("an application is not paused while the port takes all, and only its turn ends", () => {
  let made = 0;
  const talk = new Talk(ENDLESS["generator"]!((octets) => made += octets));
  talk.send(get());
  assertEquals(made, 66_000, "64 KiB");
  talk.surroundings.turn();
  assertEquals(made, 132_000);
  talk.lose();
});

Deno.test("a large piece goes out uncopied, and its generator is resumed when the port has taken it", async (t) => {
  const kinds: Record<string, (piece: Uint8Array, steps: number[]) => App> = {
    "generator": (piece, steps) =>
      function* (_environ, startResponse) {
        startResponse(200);
        for (let i = 0; i < 3; i++) {
          steps.push(i);
          piece.fill(0x61 + i);
          yield piece;
        }
      },
    "asynchronous generator": (piece, steps) =>
      async function* (_environ, startResponse) {
        startResponse(200);
        for (let i = 0; i < 3; i++) {
          await null;
          steps.push(i);
          piece.fill(0x61 + i);
          yield piece;
        }
      },
  };
  for (const [name, make] of Object.entries(kinds)) {
    for (const length of [16_384, 65_536, 65_537, 200_000]) {
      for (const isHolding of [true, false]) {
        await t.step(`${name}, ${length} octets, ${isHolding ? "held" : "taken"}`, async () => {
          const piece = new Uint8Array(length);
          const steps: number[] = [];
          const talk = new Talk(make(piece, steps));
          talk.port.isHolding = isHolding;
          talk.send(get());
          await talk.rest();
          if (isHolding) assertEquals(steps, [0]);
          await talk.drainAll();
          const size = length.toString(16);
          const body = ["a", "b", "c"].map((letter) => `${size}\r\n${letter.repeat(length)}\r\n`).join("");
          assert(talk.sent === answer("200 OK", CHUNKED, `${body}0\r\n\r\n`));
          const lent = talk.port.blocks.filter(({ buffer }) => buffer === piece.buffer);
          assertEquals(lent.reduce((octets, block) => octets + block.length, 0), 3 * length, "uncopied");
          assertEquals(steps, [0, 1, 2]);
        });
      }
    }
  }
});

Deno.test("a small piece may be changed as soon as the generator is resumed", async () => {
  const piece = new Uint8Array(16_383);
  const talk = new Talk(function* (_environ, startResponse) {
    startResponse(200);
    for (let i = 0; i < 5; i++) {
      piece.fill(0x61 + i);
      yield piece;
    }
  });
  talk.port.isHolding = true;
  talk.send(get());
  await talk.drainAll();
  for (let i = 0; i < 5; i++) assert(talk.sent.includes(String.fromCharCode(0x61 + i).repeat(16_383)));
});

Deno.test("a client that takes slowly but steadily is not stalled, however large a piece is", async () => {
  const talk = new Talk(function* (_environ, startResponse) {
    startResponse(200, { "content-length": "1000000" });
    yield new Uint8Array(1_000_000);
  });
  talk.port.isHolding = true;
  talk.send(get());
  await talk.rest();
  while (talk.port.isOpen) {
    assert(talk.port.blocks.at(-1)!.length <= LIMIT, "a large write would seem to stall");
    await talk.pass(20_000);
    talk.drain();
    await talk.rest();
  }
  assertEquals(talk.moves, []);
  assert(talk.port.sentOctets > 1_000_000);
});

Deno.test("one write is open at a time, whatever is flushed", async () => {
  const talk = new Talk(function* (_environ, startResponse) {
    const write = startResponse(200);
    for (let i = 0; i < 50; i++) {
      yield `piece ${i}`;
      yield FLUSH;
      write(`written ${i}`);
      yield "";
    }
  });
  talk.port.isHolding = true;
  talk.send(get() + get());
  await talk.drainAll();
  assertEquals(talk.sent.split("0\r\n\r\n").length, 3);
  for (let i = 0; i < 50; i++) assert(talk.sent.includes(`piece ${i}\r\n`) && talk.sent.includes(`written ${i}\r\n`));
});

Deno.test("blocks of a connection that ended with an open write are not used by another", async () => {
  const pieces = function* () {
    for (let i = 0; i < 10; i++) yield "x".repeat(10_000);
  };
  const app: App = (_environ, startResponse) => {
    startResponse(200);
    return pieces();
  };
  const { GatewaySettings } = await import("../../../core/gateway/settings.ts");
  const { Conversation } = await import("../../../core/gateway/conversation.ts");
  const settings = new GatewaySettings();
  const first = new Talk(app);
  const shared = new Conversation(app, first.port, first.surroundings, settings);
  first.port.isHolding = true;
  shared.receive(new TextEncoder().encode(get()));
  first.port.lose();
  shared.abort(new Error("Reset"));
  for (let i = 0; i < 10; i++) {
    const other = new Talk(app);
    new Conversation(app, other.port, other.surroundings, settings).receive(new TextEncoder().encode(get()));
    first.port.verify();
  }
});
