/**
 * The smallest subject, for the tests of `startSubject`: the same file under each runtime. It answers a connection with
 * its arguments; `fail` as the first one makes it end before it listens, `hang` makes it never listen, `mutter` makes it
 * write to its standard error before it listens.
 *
 * @module
 */

import { type AddressInfo, createServer } from "node:net";
import process from "node:process";

const [port, ...args] = process.argv.slice(2);

if (args[0] === "fail") {
  console.error("no luck today");
  process.exit(3);
}
if (args[0] === "mutter") console.error("there is something");
if (args[0] === "hang") {
  setInterval(() => {}, 1000);
} else {
  const server = createServer((socket) => socket.end(`${args.join(" ")} ${process.env["SAMPLE"]}`));
  server.listen(Number(port), "127.0.0.1", () => {
    console.log(`listening ${(server.address() as AddressInfo).port}`);
  });
}
