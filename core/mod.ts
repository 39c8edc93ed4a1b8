/**
 * The core of Sluice: HTTP/1.1 on byte buffers, without sockets, timers or clock.
 *
 * Three rings, each usable without the next: leaves (`parseRequestHead`, `ChunkedDecoder` ...), connections
 * (`ServerConnection`, `ClientConnection`), and the gateway (`Conversation`), which runs applications over a `Port` that
 * a transport provides.
 *
 * @example A whole HTTP/1.1 exchange without I/O
 * ```ts
 * import { ServerConnection } from "@sluice/sluice/core";
 * import { assertEquals } from "@std/assert";
 *
 * const connection = new ServerConnection();
 * connection.receive(new TextEncoder().encode("GET / HTTP/1.1\r\nHost: example.org\r\n\r\n"));
 * assertEquals(connection.readHead(), true);
 *
 * connection.respond({ status: 200, knownLength: 2, date: "Sun, 06 Nov 1994 08:49:37 GMT" });
 * connection.send("ok");
 * connection.finish();
 * assertEquals(
 *   new TextDecoder().decode(connection.output.take()),
 *   "HTTP/1.1 200 OK\r\ncontent-length: 2\r\ndate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\nok",
 * );
 * assertEquals(connection.turnOver(), "start over");
 * ```
 *
 * @module
 */

export * from "./date.ts";
export * from "./errors.ts";
export { type FieldLine, FieldSection, type FieldsInit, flattenFields, mayBeTrailer, NO_FIELDS } from "./fields.ts";
export * from "./limits.ts";
export * from "./message.ts";
export { decodeOctets, type OctetDecoder } from "./octets.ts";
export * from "./status.ts";

export { ChunkedDecoder, type ContentStep } from "./parse/chunked.ts";
export { type ChunkSize, parseChunkLine } from "./parse/chunk_line.ts";
export { type ConnectionOptions, parseConnectionOptions } from "./parse/connection_options.ts";
export { ContentDecoder } from "./parse/content.ts";
export { createFieldMarks, type FieldMarks, NEED_MORE, scanFieldLines, sliceFieldLines } from "./parse/field_lines.ts";
export { type HostAndPort, parseHost } from "./parse/host.ts";
export { parseRequestHead, type RequestHead } from "./parse/request_head.ts";
export { parseResponseHead, type ResponseHead } from "./parse/response_head.ts";
export { DEFAULT_PARSE_SETTINGS, type ParseSettings } from "./parse/settings.ts";
export { parseTarget, type TargetForm, type TargetParts } from "./parse/target.ts";

export type { DecodeAhead } from "./parse/decode_ahead.ts";

export { BlockPool } from "./write/block_pool.ts";
export { type FieldsPolicy, type PreparedFields, prepareFields, prepareTrailers } from "./write/fields_text.ts";
export type { RequestInit, SentRequest } from "./write/request_writer.ts";
export type { HeadTemplate } from "./write/head_template.ts";
export type { ResponseFraming } from "./write/response_plan.ts";
export type { ResponseHeadStart } from "./write/response_writer.ts";
export { SendBuffer } from "./write/send_buffer.ts";

export { ClientConnection } from "./connection/client_connection.ts";
export { Connection } from "./connection/connection.ts";
export * from "./connection/lifecycle.ts";
export { ReceiveBuffer } from "./connection/receive_buffer.ts";
export { type ResponseStart, ServerConnection } from "./connection/server_connection.ts";

export type { ContentSource, ReadRequest } from "./gateway/content_reader.ts";
export type { ContentRest } from "./gateway/content_turn.ts";
export { Conversation } from "./gateway/conversation.ts";
export { deriveEnviron, type EnvironOverrides } from "./gateway/derive_environ.ts";
export {
  Environ,
  type EnvironContext,
  type EnvironSource,
  type ErrorLog,
  type Outcome,
  type PostHook,
} from "./gateway/environ.ts";
export { type EnvironDict, toEnvironDict, type WsgiErrors } from "./gateway/environ_dict.ts";
export {
  ExchangeDeadlines,
  type ExchangeDeadlinesHost,
  type ExchangeDeadlineValues,
} from "./gateway/exchange_deadlines.ts";
export { type FileSource, FileWrapper, fileWrapper, type SyncFileSource } from "./gateway/file_wrapper.ts";
export { GatheredContent, type GatheredFrom } from "./gateway/gathered_content.ts";
export { type ChunkItem, Input, type ReadAllOptions } from "./gateway/input.ts";
export { FLUSH, INPUT_PENDING, type Item, type Piece } from "./gateway/piece.ts";
export type { Address, NetworkAddress, Port, Surroundings, TlsInfo, UnixAddress } from "./gateway/port.ts";
export { type PublishSubscribeOptions, PublishSubscribeQueue } from "./gateway/publish_subscribe.ts";
export { Queue, QueueEmptyError, QueueFullError, type QueueOptions, type QueueWaitOptions } from "./gateway/queue.ts";
export { LocalSignalBus, type SignalBus, type SignalParty } from "./gateway/signal_bus.ts";
export { type SendOptions, Signals, type SignalsHost, type SleepOptions, type WaitOptions } from "./gateway/signals.ts";
export { GatewaySettings, type Holder } from "./gateway/settings.ts";
export type { Tunnel } from "./gateway/tunnel.ts";
export type { App, ExchangeRecord, GatewayOptions, Result, StartResponse, Write } from "./gateway/types.ts";
