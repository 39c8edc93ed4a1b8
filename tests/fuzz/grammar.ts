/**
 * The grammar of RFC 9110, RFC 9112 and RFC 3986 as sources of regular expressions, from the RFCs and not from the core:
 * what the core refuses and takes is judged by it.
 *
 * @module
 */

const TOKEN_CHARACTER = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]";
const QUOTED_CHARACTER = "(?:[\\t !#-\\[\\]-~\\x80-\\xff]|\\\\[\\t -~\\x80-\\xff])";

/** A token (RFC 9110, section 5.6.2), to its end. */
export const TOKEN: string = `${TOKEN_CHARACTER}+(?!${TOKEN_CHARACTER})`;
/** A quoted string without its end (RFC 9110, section 5.6.4). */
export const QUOTED_START: string = `"${QUOTED_CHARACTER}*`;
/** White space that may stand anywhere round a delimiter (RFC 9110, section 5.6.3). */
export const SPACE = "[ \\t]*";
/** One chunk extension (RFC 9112, section 7.1.1). */
export const EXTENSION: string = `${SPACE};${SPACE}${TOKEN}(?:${SPACE}=${SPACE}(?:${TOKEN}|${QUOTED_START}"))?`;
/** A chunk size (RFC 9112, section 7.1), to its end. */
export const CHUNK_SIZE = "[0-9A-Fa-f]+(?![0-9A-Fa-f])";
/** A field line (RFC 9112, section 5); captures name and value. */
export const FIELD_LINE: string = `(${TOKEN}):${SPACE}((?:[\\t -~\\x80-\\xff]*[!-~\\x80-\\xff])?)${SPACE}\\r\\n`;
/** A transfer coding other than chunked (RFC 9112, section 7); its parameters without comma, which would end it. */
export const OTHER_CODING: string =
  `(?!chunked)${TOKEN}(?:${SPACE};${SPACE}${TOKEN}${SPACE}=${SPACE}(?:${TOKEN}|"[^",\\\\\\r\\n]*"))*`;
/** A list of tokens, perhaps empty, or with empty elements (RFC 9110, section 5.6.1.2). */
export const TOKENS: string = `${SPACE}(?:${TOKEN})?(?:${SPACE},${SPACE}(?:${TOKEN})?)*`;

const OCTET = "(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)";
const GROUP = "[0-9A-Fa-f]{1,4}";
const LAST = `(?:${GROUP}:${GROUP}|${OCTET}(?:\\.${OCTET}){3})`;
/** RFC 3986, section 3.2.2, rule by rule. */
const IPV6 = [
  `(?:${GROUP}:){6}${LAST}`,
  `::(?:${GROUP}:){5}${LAST}`,
  ...[4, 3, 2, 1, 0].map((behind, before) => `${upTo(before)}::(?:${GROUP}:){${behind}}${LAST}`),
  `${upTo(5)}::${GROUP}`,
  `${upTo(6)}::`,
].join("|");
const IP_LITERAL = `\\[(?:${IPV6}|[vV][0-9A-Fa-f]+\\.[\\w\\-.~!$&'()*+,;=:]+)\\]`;
/** Without the comma, which joins the values of two lines. */
const REG_NAME = "(?:[\\w\\-.~!$&'()*+;=]|%[0-9A-Fa-f]{2})+";
const PORT = "0*(?!0)(?![7-9]\\d{4}|6[6-9]\\d{3}|65[6-9]\\d\\d|655[4-9]\\d|6553[6-9])\\d{1,5}(?!\\d)|0+(?!\\d)";

/** A host that is not empty. */
export const HOST: string = `(?:${IP_LITERAL}|${REG_NAME})`;
/** A host with a port (RFC 9112, section 3.2.3). */
export const HOST_WITH_PORT: string = `${HOST}:(?:${PORT})`;
/** A host with an optional port, whose digits may be missing (RFC 9110, section 7.2). */
export const HOST_AND_PORT: string = `${HOST}(?::(?:${PORT})?)?`;

/** Groups before `::`, so many more than one at most, or none. */
function upTo(count: number): string {
  return `(?:(?:${GROUP}:){0,${count}}${GROUP})?`;
}

/**
 * Makes the source for numbers above one.
 *
 * @param number The number's digits
 * @returns The source; it matches no leading zeros
 */
export function above(number: string): string {
  const sameLength = [...number].flatMap((digit, index) =>
    digit === "9" ? [] : [`${number.slice(0, index)}[${Number(digit) + 1}-9]\\d{${number.length - index - 1}}`]
  );
  return `(?:[1-9]\\d{${number.length},}|${sameLength.join("|")})(?!\\d)`;
}

/** The fields that mean nothing behind the content, by what they do: RFC 9110, section 6.5.1, names the kinds. */
const NO_TRAILERS = new RegExp(
  `^(?:${
    [
      "connection|content-length|keep-alive|proxy-connection|te|trailer|transfer-encoding|upgrade", // frame
      "forwarded|host|via|x-forwarded-(?:for|host|proto)", // route
      "cache-control|expect|if-(?:match|none-match|modified-since|unmodified-since|range)|max-forwards|pragma|range", // modify
      "authorization|cookie|origin|proxy-auth(?:enticate|orization)|set-cookie|www-authenticate", // authenticate
      "content-(?:encoding|location|range|type)", // describe the content
    ].join("|")
  })$`,
  "i",
);

/**
 * Tells whether a field may stand among trailers.
 *
 * @param name Its name
 * @returns Whether it may
 */
export function isTrailer(name: string): boolean {
  return !NO_TRAILERS.test(name);
}
