/**
 * A socket that listens and belongs to nobody who serves: what systemd and other supervisors hand on to one server after
 * the other. No runtime opens one without accepting from it, so that the system's own calls do. Linux with glibc only, little-endian.
 *
 * @module
 */

const AF_UNIX = 1;
const AF_INET = 2;
const SOCK_STREAM = 1;
const BACKLOG = 511;

/** A struct sockaddr_in: the family (of a little-endian machine), a port that is free, the address, and nothing. */
const LOOPBACK = [AF_INET, 0, 0, 0, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0];

const CALLS = {
  socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
  bind: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  listen: { parameters: ["i32", "i32"], result: "i32" },
  getsockname: { parameters: ["i32", "buffer", "buffer"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
} as const;

let library: Deno.DynamicLibrary<typeof CALLS> | undefined;

/** Loaded when the first socket is opened: other systems can still load the tests that are not for them. */
function calls(): Deno.DynamicLibrary<typeof CALLS>["symbols"] {
  library ??= Deno.dlopen("libc.so.6", CALLS);
  return library.symbols;
}

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
    this.fd = open(AF_INET);
    const address = bind(this.fd, LOOPBACK);
    check("listen", calls().listen(this.fd, BACKLOG));
    check("getsockname", calls().getsockname(this.fd, address, new Uint32Array([address.length])));
    this.port = new DataView(address.buffer).getUint16(2);
  }

  [Symbol.dispose](): void {
    calls().close(this.fd);
  }
}

/** A socket that does not listen, inherited like one that does. */
export class IdleSocket implements Disposable {
  /** Its descriptor, here and in processes that are started from here. */
  readonly fd: number;

  /**
   * Opens it.
   *
   * @param kind Without an address, on a free port of the loopback, or a Unix domain socket with a name of the system's
   * @throws {Error} If the system does not let it.
   */
  constructor(kind: "unbound" | "bound" | "unix") {
    this.fd = open(kind === "unix" ? AF_UNIX : AF_INET);
    if (kind === "bound") bind(this.fd, LOOPBACK);
    // The family alone: the system finds a name.
    else if (kind === "unix") bind(this.fd, [AF_UNIX, 0]);
  }

  [Symbol.dispose](): void {
    calls().close(this.fd);
  }
}

/** Without SOCK_CLOEXEC: it is there to be inherited. */
function open(family: number): number {
  return check("socket", calls().socket(family, SOCK_STREAM, 0));
}

function bind(fd: number, name: readonly number[]): Uint8Array<ArrayBuffer> {
  const address = new Uint8Array(name);
  check("bind", calls().bind(fd, address, address.length));
  return address;
}

function check(name: string, result: number): number {
  if (result < 0) throw new Error(`Cannot open a socket: ${name} failed`);
  return result;
}
