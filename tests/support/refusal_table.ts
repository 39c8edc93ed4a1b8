/**
 * The table "What we refuse that others accept" of `core/README.md`: its rows name vectors, and what the servers that
 * the runtimes bring along make of those stands in three columns.
 *
 * @module
 */

/** The servers, in the order of their columns. */
export const NATIVE_SERVERS = ["node", "deno", "bun"] as const;

/** A server that a runtime brings along. */
export type NativeServer = typeof NATIVE_SERVERS[number];

/** A row of the table. */
export interface RefusalRow {
  /** What we answer: the status and the code. */
  readonly answer: string;
  /** What the servers do, in their order. */
  readonly servers: readonly string[];
  /** The vector, as `nameRefusal` names it. */
  readonly vector: string;
}

const HEADING = "## What we refuse that others accept";
const ROW = /^(\| [^|]+ \| `)([^`]+)(`\s*)((?:\| [^|`]* ){3})(\| [^|]+ \| `)([^`|]+)(`\s*\|)$/gm;

/**
 * Names a vector as the table does.
 *
 * @param name The vector's name: folder and file, with its word where it is a variant
 * @returns The name without folder and ending
 */
export function nameRefusal(name: string): string {
  return name.replace(/^refuse\/(.*?)\.http/, "$1");
}

/**
 * Reads the table.
 *
 * @param readme The text of `core/README.md`
 * @returns Its rows
 */
export function readRefusals(readme: string): RefusalRow[] {
  return [...section(readme).matchAll(ROW)].map((match) => ({
    answer: match[2]!,
    servers: match[4]!.split("|").slice(1).map((cell) => cell.trim()),
    vector: match[6]!,
  }));
}

/**
 * Writes anew what the servers do.
 *
 * @param readme The text of `core/README.md`
 * @param told Tells what they do with a vector, in their order
 * @returns The text with it
 */
export function writeRefusals(readme: string, told: (vector: string) => readonly string[]): string {
  const table = section(readme);
  const renewed = table.replace(ROW, (...[, start, answer, behind, , middle, vector, end]: string[]) => {
    const cells = told(vector!).map((cell) => `| ${cell} `).join("");
    return `${start}${answer}${behind}${cells}${middle}${vector}${end}`;
  });
  return readme.replace(table, () => renewed);
}

function section(readme: string): string {
  const start = readme.indexOf(HEADING);
  if (start < 0) throw new Error(`Cannot find "${HEADING}"`);
  const end = readme.indexOf("\n## ", start + HEADING.length);
  return readme.slice(start, end < 0 ? undefined : end);
}
