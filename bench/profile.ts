/**
 * Where the time goes: the functions that take most of it themselves, by the sampling profiler of `node:inspector`, which
 * Deno, Node.js and Bun all have.
 *
 * ```sh
 * deno run -A bench/profile.ts exchange                      # in memory: single, browser request, busy application ...
 * node bench/profile.ts exchange "pipelined by 16"
 * bun bench/profile.ts server /profile/generator             # the adapter in this process, wrk beside it
 * deno run -A bench/profile.ts server / --seconds 5 --out my.cpuprofile
 * ```
 *
 * @module
 */

import { spawn } from "node:child_process";
import { writeFileSync } from "node:fs";
import { Session } from "node:inspector";
import process from "node:process";
import { parseArgs } from "node:util";
import demo from "../cli/demo/app.ts";
import type { App } from "../core/gateway/types.ts";
import { EXCHANGES, sluiceExchange } from "./leaves/exchanges.ts";
import { type CpuProfile, selfTimes } from "./support/self_times.ts";

/** How often the profiler looks, in us. */
const INTERVAL = 200;

/** How long the engine may warm up first, in ms. */
const WARM_UP = 1500;

/** An adapter's `serve`, as far as it is used. */
type Serve = (app: App, options: { hostname: string; port: number }) => {
  readonly ready: Promise<void>;
  readonly address: { readonly transport: string; readonly port?: number };
};

const { positionals, values } = parseArgs({
  args: process.argv.slice(2),
  allowPositionals: true,
  options: {
    seconds: { type: "string", default: "4" },
    top: { type: "string", default: "25" },
    out: { type: "string" },
  },
});
const [work = "exchange", subject] = positionals;
const ms = Number(values.seconds) * 1000;

const profile = work === "server" ? await profileServer(subject) : await profileExchange(subject);
if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(profile));
for (const { share, name, place } of selfTimes(profile).slice(0, Number(values.top))) {
  console.log(`${(share * 100).toFixed(1).padStart(5)} %  ${name}  ${place}`);
}
process.exit(0);

async function profileExchange(name: string = Object.keys(EXCHANGES)[0]!): Promise<CpuProfile> {
  const reads = EXCHANGES[name];
  if (reads === undefined) {
    throw new TypeError(`Cannot profile: the exchanges are ${Object.keys(EXCHANGES).join(", ")}`);
  }
  const { run } = sluiceExchange(reads);
  repeat(run, WARM_UP);
  let calls = 0;
  const start = performance.now();
  const profile = await record(() => {
    calls = repeat(run, ms);
  });
  console.log(`${name}: ${((performance.now() - start) * 1e6 / calls).toFixed(0)} ns a read, profiler on`);
  return profile;
}

function repeat(run: () => void, ms: number): number {
  let calls = 0;
  for (const end = performance.now() + ms; performance.now() < end;) {
    for (let i = 0; i < 100; i++) run();
    calls += 100;
  }
  return calls;
}

/** The server is in this process, the load in another. */
async function profileServer(target: string = "/"): Promise<CpuProfile> {
  const server = (await loadServe())(demo, { hostname: "127.0.0.1", port: 0 });
  await server.ready;
  const seconds = Math.ceil((WARM_UP + ms) / 1000) + 1;
  const url = `http://127.0.0.1:${server.address.port}${target}`;
  const load = spawn("wrk", ["-t", "1", "-c", "64", "-d", `${seconds}s`, url], { stdio: "inherit" });
  const ended = new Promise((resolve, reject) => load.on("exit", resolve).on("error", reject));
  await Promise.race([later(WARM_UP), ended]);
  const profile = await record(() => later(ms));
  await ended;
  return profile;
}

function later(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

async function loadServe(): Promise<Serve> {
  if ("Deno" in globalThis) return (await import("../adapters/deno.ts")).serve as Serve;
  if ("Bun" in globalThis) return (await import("../adapters/bun.ts")).serve as Serve;
  return (await import("../adapters/node.ts")).serve as Serve;
}

async function record(task: () => void | Promise<void>): Promise<CpuProfile> {
  const session = new Session();
  session.connect();
  await post(session, "Profiler.enable");
  await post(session, "Profiler.setSamplingInterval", { interval: INTERVAL });
  await post(session, "Profiler.start");
  await task();
  const { profile } = await post(session, "Profiler.stop") as { profile: CpuProfile };
  session.disconnect();
  return profile;
}

function post(session: Session, method: string, parameters: object = {}): Promise<unknown> {
  const { promise, resolve, reject } = Promise.withResolvers<unknown>();
  session.post(method, parameters, (error: Error | null, result?: object) => error ? reject(error) : resolve(result));
  return promise;
}
