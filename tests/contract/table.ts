/**
 * Requests, most of them malformed or unusual, each with what a server may do. Sections of RFC 9112 unless they say
 * otherwise; where the RFCs leave a choice, what is permitted is what this project has chosen.
 *
 * Octets are strings here, one character one octet.
 *
 * @module
 */

import { chunkData, chunkExtensions, chunkSizes, trailerSections } from "./rows_of_chunks.ts";
import {
  connections,
  expectations,
  halfCloses,
  http10,
  limits,
  otherProtocols,
  pipelines,
  upgrades,
} from "./rows_of_connections.ts";
import { bothFramings, contentLengths, contentOfAnyMethod, transferEncodings } from "./rows_of_framing.ts";
import { emptyLines, fieldLines, hosts, lineEnds, methods, requestLines, targets, versions } from "./rows_of_heads.ts";
import type { Row } from "./row.ts";

/** All rows, by what they are about. */
export const TABLE: Readonly<Record<string, readonly Row[]>> = {
  "request line": requestLines(),
  "version": versions(),
  "method": methods(),
  "target": targets(),
  "Host": hosts(),
  "empty lines": emptyLines(),
  "field lines": fieldLines(),
  "line ends": lineEnds(),
  "Content-Length": contentLengths(),
  "Transfer-Encoding": transferEncodings(),
  "both framing fields": bothFramings(),
  "chunk size": chunkSizes(),
  "chunk extension": chunkExtensions(),
  "chunk data": chunkData(),
  "trailer section": trailerSections(),
  "content of any method": contentOfAnyMethod(),
  "Connection": connections(),
  "HTTP/1.0": http10(),
  "Expect": expectations(),
  "Upgrade and CONNECT": upgrades(),
  "pipelining": pipelines(),
  "limits": limits(),
  "other protocols": otherProtocols(),
  "half-close": halfCloses(),
};
