/**
 * What Sluice makes of a stream of requests. Limits are not what parsers are compared by, so they are wide.
 *
 * @module
 */

import { ServerConnection } from "../../../core/connection/server_connection.ts";
import { ProtocolError } from "../../../core/errors.ts";
import { decodeOctets } from "../../../core/octets.ts";
import { octets } from "../../support/octet_text.ts";
import { settingsOf } from "../../support/serve_octets.ts";
import type { Line, Told, Transcript } from "./transcript.ts";

const WIDE = 1e6;
const SETTINGS = settingsOf({
  requestLine: WIDE,
  method: WIDE,
  fieldSection: WIDE,
  fieldLines: WIDE,
  chunkLine: WIDE,
  chunkDebt: WIDE,
  trailerSection: WIDE,
  trailerLines: WIDE,
});
const DATE = "Sun, 06 Nov 1994 08:49:37 GMT";

/** Ours also says which requests are the last of their connection. */
export interface OurTranscript extends Transcript {
  /** Whether the connection closes behind the last request. */
  closes: boolean;
}

/**
 * Reads requests.
 *
 * @param input The octets, one character an octet
 * @returns What was read
 */
export function readOurs(input: string): OurTranscript {
  const connection = new ServerConnection(SETTINGS);
  const transcript: OurTranscript = { requests: [], ending: "clean", closes: false };
  connection.receive(octets(input));
  try {
    while (readRequest(connection, transcript)) { /* goes on */ }
  } catch (error) {
    if (!(error instanceof ProtocolError)) throw error;
    transcript.ending = { refused: `${error.code}: ${error.message}` };
  }
  return transcript;
}

/** Gives false behind the last one. */
function readRequest(connection: ServerConnection, transcript: OurTranscript): boolean {
  if (!connection.readHead()) {
    transcript.ending = connection.input.unread > 0 ? "waits" : "clean";
    return false;
  }
  const head = connection.head!;
  const told: Told = {
    method: head.method,
    target: head.target,
    minor: head.minorVersion,
    fields: [...head.fields] as unknown as Line[],
    // A list of nothing asks for nothing: `Environ.upgrade` refuses it.
    isTunnel: head.method === "CONNECT" || /[^ \t,]/.test(head.upgrade ?? ""),
    content: "",
    trailers: [],
    end: undefined,
  };
  transcript.requests.push(told);
  let step = connection.readContent();
  for (; step === "run"; step = connection.readContent()) {
    const { bytes, start: runStart } = connection.input;
    told.content += decodeOctets(bytes, runStart, connection.runEnd);
    connection.takeContent(connection.runEnd - runStart);
  }
  if (step === "more") {
    transcript.ending = "waits";
    return false;
  }
  told.trailers = [...connection.trailers] as unknown as Line[];
  told.end = connection.input.start;
  if (told.isTunnel) return false;
  connection.respond({ status: 200, knownLength: 0, date: DATE });
  connection.finish();
  transcript.closes = connection.turnOver() === "close";
  return !transcript.closes;
}
