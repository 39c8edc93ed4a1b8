/**
 * The client role on byte buffers: write requests, read responses, bring your own transport.
 *
 * @module
 */

export { ClientConnection } from "./client_connection.ts";
export { Connection } from "./connection.ts";
export type { CloseReason, JointEvent, ReadingEvent, ReadingState, WritingEvent, WritingState } from "./lifecycle.ts";
export type { ReceiveBuffer } from "./receive_buffer.ts";
export { ProtocolError, type ProtocolErrorCode } from "../errors.ts";
export { type FieldLine, FieldSection, type FieldsInit } from "../fields.ts";
export type { Limits, ProtocolOptions } from "../limits.ts";
export type { ChunkedFraming, CloseFraming, Framing, LengthFraming, NoFraming } from "../message.ts";
export type { OctetDecoder } from "../octets.ts";
export type { ContentStep } from "../parse/chunked.ts";
export type { ConnectionOptions } from "../parse/connection_options.ts";
export type { ResponseHead } from "../parse/response_head.ts";
export { ContentDecoder } from "../parse/content.ts";
export { DEFAULT_PARSE_SETTINGS, type ParseSettings } from "../parse/settings.ts";
export { BlockPool } from "../write/block_pool.ts";
export type { RequestInit, SentRequest } from "../write/request_writer.ts";
export { SendBuffer } from "../write/send_buffer.ts";
