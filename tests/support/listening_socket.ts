/**
 * A socket that listens and belongs to nobody who serves: what systemd and other supervisors hand on to one server after
 * the other. No runtime opens one without accepting from it, so that the system's own calls do. Linux only.
 *
 * @module
 */

const AF_INET = 2;
const SOCK_STREAM = 1;
const BACKLOG = 511;

const { symbols: system } = Deno.dlopen("libc.so.6", {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
});

/** A listening socket of the loopback. Processes that are started while it is open inherit its descriptor. */
export class ListeningSocket implements Disposable {
  /** Its descriptor, here and in processes that are started from here. */
  readonly fd: number;
  /** The port that it listens on. */
  readonly port: number;

  /**
   * Opens it on a port that is free.
   *
   * @throws {Error} If the system does not let it.
   */
  constructor() {
    // Without SOCK_CLOEXEC: it is there to be inherited.
    this.fd = check("socket", system.socket(AF_INET, SOCK_STREAM, 0));
    // struct sockaddr_in: the family in the order of the machine, port and address in that of the network.
    const address = new Uint8Array(16);
    new DataView(address.buffer).setUint16(0, AF_INET, true);
    address.set([127, 0, 0, 1], 4);
    check("bind", system.bind(this.fd, address, address.length));
    check("listen", system.listen(this.fd, BACKLOG));
    check("getsockname", system.getsockname(this.fd, address, new Uint32Array([address.length])));
    this.port = new DataView(address.buffer).getUint16(2);
  }

  [Symbol.dispose](): void {
    system.close(this.fd);
  }
}

function check(name: string, result: number): number {
  if (result < 0) throw new Error(`Cannot open a listening socket: ${name} failed`);
  return result;
}
