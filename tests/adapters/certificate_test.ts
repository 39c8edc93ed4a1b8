/** Certificates in the forms that files have: each runtime serves the same ones and refuses the same ones. */

import { assertEquals } from "@std/assert";
import { fileURLToPath } from "node:url";
import { RUNTIMES } from "../contract/runtimes.ts";
import { runtime, type RuntimeName } from "../support/runtimes.ts";

const SUBJECT = fileURLToPath(new URL("../support/certificates_subject.ts", import.meta.url));

const SERVED = "HTTP/1.1 200 OK";
const NO_CERTIFICATE = 'Cannot serve: "cert" is no certificate in PEM';
const NO_KEY = 'Cannot serve: "key" is no private key in PEM';

/** Bun cannot even read the key. */
const RSA_PSS: Readonly<Record<RuntimeName, string>> = {
  deno: 'Cannot serve: "key" is a key for RSA-PSS alone, which Deno cannot use',
  node: SERVED,
  bun: NO_KEY,
};

function expected(runtime: RuntimeName): [name: string, said: string][] {
  return [
    ["one of each", SERVED],
    ["a chain", SERVED],
    ["one file, key first", SERVED],
    ["one file, certificate first", SERVED],
    ["text around", SERVED],
    ["CRLF", SERVED],
    ["a byte order mark", SERVED],
    ["a broken second block", NO_CERTIFICATE],
    ["half a second block", NO_CERTIFICATE],
    ["no key in the file", NO_KEY],
    ["RSA-PSS", RSA_PSS[runtime]],
  ];
}

for (const name of RUNTIMES) {
  Deno.test(`${name}: serve() takes certificates in every form that can be served, and refuses the others`, async () => {
    const [command, ...leading] = await runtime(name);
    const { stdout, stderr } = await new Deno.Command(command!, { args: [...leading, SUBJECT] }).output();
    const lines = new TextDecoder().decode(stdout).trimEnd().split("\n").map((line) => JSON.parse(line));
    assertEquals(lines.map(({ name, said }) => [name, said]), expected(name));
    assertEquals(new TextDecoder().decode(stderr), "");
  });
}
