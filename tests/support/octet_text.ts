/**
 * Octets spelled as text, for tests: one character is one octet, and what cannot be seen is spelled out.
 *
 * @module
 */

const REPEAT = /\{((?:[^\\{}]|\\.)+)\*(\d+)\}/g;
const ESCAPE = /\\(?:x([0-9a-f]{2})|([rnt\\"{}]))|\\/g;
const ESCAPED: Readonly<Record<string, string>> = { r: "\r", n: "\n", t: "\t" };

/**
 * Turns a string of octets (one character one octet) into a block.
 *
 * @param text The string
 * @returns The block
 * @throws {RangeError} If a character is above 0xff
 */
export function octets(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const octet = text.charCodeAt(i);
    if (octet > 0xff) throw new RangeError(`Cannot make octets: U+${octet.toString(16)} is no octet`);
    bytes[i] = octet;
  }
  return bytes;
}

/**
 * Turns octets into a string, one octet one character.
 *
 * @param bytes The octets
 * @returns The string
 */
export function textOf(bytes: Uint8Array): string {
  let text = "";
  for (const octet of bytes) text += String.fromCharCode(octet);
  return text;
}

/**
 * Reads the spelling of the vectors: `\r \n \t \\ \" \{ \}`, `\xHH`, and `{text*count}` for a text many times over.
 *
 * @param spelled The spelling
 * @returns The octets, one character one octet
 * @throws {SyntaxError} For a backslash before anything else, or a brace that is not spelled out
 */
export function unspell(spelled: string): string {
  let text = "";
  let at = 0;
  for (const match of spelled.matchAll(REPEAT)) {
    if (spelled[match.index - 1] === "\\") continue;
    text += unescape(spelled.slice(at, match.index)) + unescape(match[1]!).repeat(Number(match[2]));
    at = match.index + match[0].length;
  }
  return text + unescape(spelled.slice(at));
}

function unescape(spelled: string): string {
  const bare = spelled.replace(ESCAPE, "");
  if (/[{}]/.test(bare)) throw new SyntaxError(`Cannot read vector: a brace is not spelled out in ${spelled}`);
  return spelled.replace(ESCAPE, (whole, hex?: string, letter?: string) => {
    if (hex !== undefined) return String.fromCharCode(parseInt(hex, 16));
    if (letter === undefined) throw new SyntaxError(`Cannot read vector: ${whole} escapes nothing in ${spelled}`);
    return ESCAPED[letter] ?? letter;
  });
}

/** What `spell` writes other than as a number. */
const SPELLED: Readonly<Record<string, string>> = {
  "\r": "\\r",
  "\n": "\\n",
  "\t": "\\t",
  "\\": "\\\\",
  "{": "\\{",
  "}": "\\}",
};

/**
 * Spells octets as the vectors do, on one line. `unspell` reads it back.
 *
 * @param text The octets, one character one octet
 * @returns The spelling; a space at the end is spelled out, and so is `#` at the start, which begins a header line
 */
export function spell(text: string): string {
  return text.replace(/^#|[^\x20-\x7e]|[\\{}]| $/g, (octet) => SPELLED[octet] ?? hexEscape(octet));
}

function hexEscape(octet: string): string {
  return `\\x${octet.charCodeAt(0).toString(16).padStart(2, "0")}`;
}
