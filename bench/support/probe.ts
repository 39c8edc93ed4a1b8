/**
 * One exchange over a socket of its own, and the whole answer.
 *
 * @module
 */

/** How long an answer may take, in ms. */
const PATIENCE = 10_000;

/**
 * Sends a request and reads its answer.
 *
 * @param port The port on the loopback interface
 * @param request The request's octets, one a character
 * @returns The answer's octets, one a character
 * @throws {Error} If nobody listens, or there is no whole answer in time
 */
export async function exchangeOnce(port: number, request: string): Promise<string> {
  const connection = await Deno.connect({ hostname: "127.0.0.1", port });
  const timer = setTimeout(() => connection.close(), PATIENCE);
  try {
    const octets = Uint8Array.from(request, (character) => character.charCodeAt(0));
    for (let sent = 0; sent < octets.length;) sent += await connection.write(octets.subarray(sent));
    let answer = "";
    const block = new Uint8Array(65_536);
    while (!isWhole(answer)) {
      const count = await connection.read(block);
      if (count === null) throw new Error("the answer is cut short");
      for (let at = 0; at < count; at++) answer += String.fromCharCode(block[at]!);
    }
    return answer;
  } finally {
    clearTimeout(timer);
    try {
      connection.close();
    } catch {
      // Closed by the timer.
    }
  }
}

/**
 * Tells whether an answer is there as a whole, by its length or its last chunk.
 *
 * @param answer Its octets, one a character
 * @returns true if so
 */
export function isWhole(answer: string): boolean {
  const contentStart = answer.indexOf("\r\n\r\n") + 4;
  if (contentStart < 4) return false;
  const length = /\r\ncontent-length: *(\d+)\r\n/i.exec(answer.slice(0, contentStart))?.[1];
  if (length !== undefined) return answer.length - contentStart >= Number(length);
  return answer.endsWith("0\r\n\r\n");
}

/**
 * Gives an answer's content.
 *
 * @param answer Its octets, one a character
 * @returns The content, chunks put together
 */
export function contentOf(answer: string): string {
  const contentStart = answer.indexOf("\r\n\r\n") + 4;
  const isChunked = /\r\ntransfer-encoding: *chunked\r\n/i.test(answer.slice(0, contentStart));
  if (!isChunked) return answer.slice(contentStart);
  let content = "";
  for (let at = contentStart;;) {
    const lineEnd = answer.indexOf("\r\n", at);
    const size = Number.parseInt(answer.slice(at, lineEnd), 16);
    if (!(size > 0)) return content;
    content += answer.slice(lineEnd + 2, lineEnd + 2 + size);
    at = lineEnd + 4 + size;
  }
}
