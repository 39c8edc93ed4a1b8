/**
 * What the servers are measured with.
 *
 * @module
 */

import type { RuntimeName } from "../../tests/support/runtimes.ts";
import { type Contestant, CONTESTANTS, type Role, SLUICE_DOWNLOADS, SLUICE_LOGGED } from "./catalog.ts";
import { browserGet, chunkedPost, plainGet, post, type RequestText } from "./requests.ts";

/** One measurement. */
export interface Scenario {
  /** Its name, for `--only` and in the results. */
  readonly name: string;
  /** What it is, in a table. */
  readonly title: string;
  /** The request. */
  readonly request: RequestText;
  /** How it is driven: requests as fast as they are answered, or one large body. */
  readonly kind: "requests" | "upload" | "download";
  /** Requests on their way on each connection. @default {1} */
  readonly depth?: number;
  /** Connections that stay open beside the active ones and do nothing. @default {0} */
  readonly idle?: number;
  /** Who takes part; all who have the path. */
  readonly contestants: (runtime: RuntimeName) => readonly Contestant[];
  /** A part of the content that each answer must have, or its length where it is not the same. */
  readonly expects: string;
}

/** How many connections send at once. */
export const ACTIVE = 64;

/** How many are open in `many`. */
const MANY = 10_000;

const HELLO = "Hello, World!\r\n";
const PAGE_START = "0123456789abcdef";

const everybody = (runtime: RuntimeName): readonly Contestant[] => CONTESTANTS[runtime];
const servers = withRoles("sluice", "native", "framework");
const pair = withRoles("sluice", "native");
const ours = withRoles("sluice");

function withRoles(...roles: Role[]): Scenario["contestants"] {
  return (runtime) => CONTESTANTS[runtime].filter(({ role }) => roles.includes(role));
}

function downloads(runtime: RuntimeName): readonly Contestant[] {
  return [SLUICE_DOWNLOADS, ...CONTESTANTS[runtime].filter(({ role }) => role === "native")];
}

function logging(runtime: RuntimeName): readonly Contestant[] {
  return [...ours(runtime), SLUICE_LOGGED];
}

function profile(style: string, contestants: Scenario["contestants"]): Scenario {
  const request = plainGet(`/profile/${style}`);
  return { name: style, title: `2 KiB, ${style}`, request, kind: "requests", contestants, expects: PAGE_START };
}

/** The measurements of requests, in the order of the tables. */
export const REQUEST_SCENARIOS: readonly Scenario[] = [
  {
    name: "plain",
    title: "plain",
    request: plainGet("/"),
    kind: "requests",
    contestants: everybody,
    expects: HELLO,
  },
  {
    name: "browser",
    title: "browser request",
    request: browserGet("/"),
    kind: "requests",
    contestants: everybody,
    expects: HELLO,
  },
  {
    name: "pipelined",
    title: "pipelined by 16",
    request: plainGet("/"),
    kind: "requests",
    depth: 16,
    contestants: everybody,
    expects: HELLO,
  },
  {
    name: "busy",
    title: "busy application",
    request: browserGet("/profile/busy?q=sluice"),
    kind: "requests",
    contestants: servers,
    expects: PAGE_START,
  },
  {
    name: "echo",
    title: "echo of 1 KiB",
    request: post("/echo", 1024),
    kind: "requests",
    contestants: pair,
    expects: "x".repeat(1024),
  },
  {
    name: "chunked",
    title: "chunked upload, 16 x 16 KiB",
    request: chunkedPost("/discard", 16_384, 16),
    kind: "requests",
    contestants: pair,
    expects: "bytes=262144\n",
  },
  {
    name: "pieces",
    title: "generator of 100 pieces",
    request: plainGet("/stream?pieces=100&size=100"),
    kind: "requests",
    contestants: pair,
    expects: "x".repeat(10_000),
  },
  profile("string", servers),
  profile("list", ours),
  profile("generator", pair),
  profile("async", ours),
  profile("write", ours),
  {
    name: "many",
    title: "plain beside 9,936 idle connections",
    request: plainGet("/"),
    kind: "requests",
    idle: MANY - ACTIVE,
    contestants: pair,
    expects: HELLO,
  },
  {
    name: "log",
    title: "plain, access log",
    request: plainGet("/"),
    kind: "requests",
    contestants: logging,
    expects: HELLO,
  },
];

/**
 * Makes the measurements of large bodies.
 *
 * @param octets How large they are; whole blocks of 64 KiB
 * @returns The measurements
 */
export function transferScenarios(octets: number): Scenario[] {
  const query = `?pieces=${octets / 65_536}&size=65536`;
  const head = (length: number) => post("/discard", length).head;
  const counted = `bytes=${octets}\n`;
  const lengthHead = head(0).replace("Content-Length: 0", `Content-Length: ${octets}`);
  return [
    {
      name: "upload",
      title: "upload by length",
      request: { head: lengthHead, body: "" },
      kind: "upload",
      contestants: pair,
      expects: counted,
    },
    {
      name: "upload-chunked",
      title: "upload, 16 KiB chunks",
      request: chunkedPost("/discard", 16_384, 1),
      kind: "upload",
      contestants: pair,
      expects: counted,
    },
    {
      name: "download",
      title: "download by length",
      request: plainGet(`/download${query}`),
      kind: "download",
      contestants: downloads,
      expects: "",
    },
    {
      name: "download-chunked",
      title: "download, chunked",
      request: plainGet(`/stream${query}`),
      kind: "download",
      contestants: downloads,
      expects: "",
    },
  ];
}
