/**
 * The check of certificates before they are served. Deno would take any text for one, and break each handshake; the other
 * runtimes refuse what cannot be used, each in words of its own.
 *
 * @module
 */

import process from "node:process";
import type { X509Certificate } from "node:crypto";
import type { Certificate } from "./options.ts";

/**
 * Checks that a certificate can be served with its key.
 *
 * @param given Both, as PEM
 * @param unixTime The time, in ms since the epoch
 * @returns What clients will hold against it, since it is not valid at this time; undefined if nothing
 * @throws {TypeError} If one of them cannot be read, or they do not belong together
 */
export function checkCertificate({ cert, key }: Certificate, unixTime: number): string | undefined {
  // Only who serves TLS loads it.
  const { createPrivateKey, X509Certificate } = process.getBuiltinModule("node:crypto");
  const certificate = read('"cert" is no certificate in PEM', () => new X509Certificate(cert));
  const privateKey = read('"key" is no private key in PEM', () => createPrivateKey(key));
  if (!certificate.checkPrivateKey(privateKey)) refuse('"key" is not the key of "cert"');
  return validityFault(certificate, unixTime);
}

function validityFault({ validFrom, validTo }: X509Certificate, unixTime: number): string | undefined {
  if (Date.parse(validTo) < unixTime) return `The certificate has expired on ${toDay(validTo)}`;
  if (Date.parse(validFrom) > unixTime) return `The certificate is not valid before ${toDay(validFrom)}`;
  return undefined;
}

/** The runtimes write dates alike, but not as anybody would read them: `Jan  1 00:00:00 2124 GMT`. */
function toDay(date: string): string {
  return new Date(date).toISOString().slice(0, 10);
}

function read<T>(fault: string, take: () => T): T {
  try {
    return take();
  } catch (error) {
    return refuse(fault, error);
  }
}

function refuse(fault: string, cause?: unknown): never {
  throw new TypeError(`Cannot serve: ${fault}`, { cause });
}
