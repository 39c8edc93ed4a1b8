/** What is said where the command cannot listen, as far as no test can bring it about on any machine. */

import { assertEquals } from "@std/assert";
import { CertificateFault } from "../../adapters/certificate.ts";
import { type Place, toListenFault, toPlaceUrl } from "../../cli/place.ts";

const LOCAL: Place = { host: "127.0.0.1", port: 80, tls: undefined };

const SECURE: Place = { host: "127.0.0.1", port: 80, tls: { cert: "a$&.crt", key: '"cert"' } };

const FAULTS: readonly [place: Place, error: unknown, line: string][] = [
  [LOCAL, coded("EACCES"), "Cannot listen on 127.0.0.1:80: the system does not permit it"],
  [LOCAL, new Deno.errors.PermissionDenied("x"), "Cannot listen on 127.0.0.1:80: the system does not permit it"],
  [
    LOCAL,
    coded("EMFILE"),
    "Cannot listen on 127.0.0.1:80: no more files and connections may be open (see ulimit -n)",
  ],
  [{ host: "::1", port: 0, tls: undefined }, coded("EADDRINUSE"), "Cannot listen on [::1]:0: the address is in use"],
  [{ fd: 3, tls: undefined }, coded("EINVAL"), "Cannot listen on descriptor 3: it is no socket that listens"],
  [LOCAL, new Error("first line\nsecond line"), "Cannot listen on 127.0.0.1:80: first line"],
  [
    SECURE,
    new CertificateFault((cert, key) => `${key} is not the key of ${cert}`),
    'Cannot serve: "cert" is not the key of a$&.crt',
  ],
  [SECURE, new TypeError('Of another "cert"'), 'Cannot listen on 127.0.0.1:80: Of another "cert"'],
  [LOCAL, coded("ESTRANGE"), "Cannot listen on 127.0.0.1:80: ESTRANGE, said the system"],
];

Deno.test("toListenFault() says why in one line", async (t) => {
  for (const [place, error, line] of FAULTS) {
    await t.step(line, () => assertEquals(toListenFault(place, error), line));
  }
});

Deno.test("toPlaceUrl() says where", () => {
  const tcp = { transport: "tcp", hostname: "0.0.0.0", port: 81 } as const;
  assertEquals(toPlaceUrl(LOCAL, tcp), "http://127.0.0.1:81");
  assertEquals(toPlaceUrl({ fd: 3, tls: { cert: "c", key: "k" } }, tcp), "https://0.0.0.0:81");
  assertEquals(toPlaceUrl({ fd: 3, tls: undefined }, { transport: "unix", path: "/s" }), "unix:/s");
  assertEquals(toPlaceUrl({ fd: 3, tls: undefined }, { transport: "unix", path: "" }), "descriptor 3");
});

function coded(code: string): Error {
  return Object.assign(new Error(`${code}, said the system`), { code });
}
