/**
 * The check of certificates before they are served. Deno would take any text for one, and break each handshake; the other
 * runtimes refuse what cannot be used, each in words of its own.
 *
 * Either PEM may hold more than is asked of it, so that one file can serve as both: each certificate of `cert` is looked
 * at, and the first private key of `key`.
 *
 * @module
 */

import type { KeyObject, X509Certificate } from "node:crypto";
import { lateBuiltin } from "./late_builtin.ts";
import type { Certificate } from "./options.ts";

/** A certificate cannot be served with its key. */
export class CertificateFault extends TypeError {
  /**
   * Says what is wrong.
   *
   * @param cert What the certificate is called
   * @param key What the key is called
   * @returns One line
   */
  readonly describe: (cert: string, key: string) => string;

  /**
   * Makes a `CertificateFault`; in its message both are called as the options.
   *
   * @param reason Says what is wrong, given what the certificate and the key are called
   * @param cause What the runtime said
   */
  constructor(reason: (cert: string, key: string) => string, cause?: unknown) {
    super(`Cannot serve: ${reason('"cert"', '"key"')}`, { cause });
    this.describe = (cert, key) => `Cannot serve: ${reason(cert, key)}`;
  }
}

/**
 * Checks that a certificate can be served with its key.
 *
 * @param given Both, as PEM
 * @param unixTime The time, in ms since the epoch
 * @returns What clients will hold against it, since it is not valid at this time; undefined if nothing
 * @throws {CertificateFault} If one of them cannot be read or used, or they do not belong together
 */
export function checkCertificate(given: Certificate, unixTime: number): string | undefined {
  const certificate = readChain(given.cert);
  const key = readKey(given.key);
  if (!certificate.checkPrivateKey(key)) throw new CertificateFault((cert, key) => `${key} is not the key of ${cert}`);
  if ("Deno" in globalThis && key.asymmetricKeyType === "rsa-pss") {
    throw new CertificateFault((_, key) => `${key} is a key for RSA-PSS alone, which Deno cannot use`);
  }
  return validityFault(certificate, unixTime);
}

/** Gives the server's own, which is the first. */
function readChain(pem: string): X509Certificate {
  const { X509Certificate } = lateBuiltin("node:crypto");
  try {
    const [own] = blocks(pem, /^-----BEGIN CERTIFICATE-----/).map((block) => new X509Certificate(block));
    if (own !== undefined) return own;
  } catch (error) {
    throw noCertificate(error);
  }
  throw noCertificate();
}

function noCertificate(cause?: unknown): CertificateFault {
  return new CertificateFault((cert) => `${cert} is no certificate in PEM`, cause);
}

function readKey(pem: string): KeyObject {
  const { createPrivateKey } = lateBuiltin("node:crypto");
  try {
    return createPrivateKey(blocks(pem, /^-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----/)[0] ?? "");
  } catch (error) {
    throw new CertificateFault((_, key) => `${key} is no private key in PEM`, error);
  }
}

/** Deno reads the first block alone, whatever it is, and no text behind it. One without an end stays, to be refused. */
function blocks(pem: string, begin: RegExp): string[] {
  const all = pem.match(/-----BEGIN [^-]+-----[^-]*(?:-----END [^-]+-----)?/g) ?? [];
  return all.filter((block) => begin.test(block));
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
