/**
 * Mutants of regular expressions: an anchor, a flag, an alternative, a character of a class or a bound of a quantifier
 * is taken away or moved by one.
 *
 * @module
 */

import type { Change } from "./mutant.ts";

/** A change with what it does. */
export type RegexChange = Change & { readonly operator: string };

/** What a regular expression is made of, as far as it is told apart here. */
const PART = /\\.|\[(?:\\.|[^\]\\])*\]|\{\d+(?:,\d*)?\}|\(\?[:=!]|[\s\S]/g;
const CLASS_PART = /\\.-\\.|\\.|[^\\]-[^\\\]]|[^\\]/g;

/**
 * Makes the mutants of a regular expression literal.
 *
 * @param literal The literal, with its slashes
 * @param start Where it stands in the source
 * @returns The changes
 */
export function regexChanges(literal: string, start: number): RegexChange[] {
  const close = literal.lastIndexOf("/");
  const changes: RegexChange[] = [];
  for (const part of literal.slice(1, close).matchAll(PART)) {
    const at = start + 1 + part.index;
    const replace = (operator: string, to: string) =>
      changes.push({ start: at, end: at + part[0].length, to, operator: `${operator} of a pattern` });
    if (part[0] === "^" || part[0] === "$") replace("drop an anchor", "");
    else if (part[0] === "+") replace("take none", "*");
    else if (part[0] === "*") replace("take one", "{0,1}");
    else if (part[0] === "?") replace("drop an option", "");
    else if (/^\{\d/.test(part[0])) { for (const to of movedBounds(part[0])) replace("move a bound", to); }
    else if (part[0].startsWith("[")) changes.push(...classChanges(part[0], at));
  }
  changes.push(...alternativeChanges(literal.slice(1, close), start + 1));
  for (let at = close + 1; at < literal.length; at++) {
    changes.push({ start: start + at, end: start + at + 1, to: "", operator: "drop a flag of a pattern" });
  }
  return changes;
}

function movedBounds(quantifier: string): string[] {
  const [least, most] = quantifier.slice(1, -1).split(",");
  if (most === undefined) return [`{${Number(least) + 1}}`, `{${Number(least) - 1}}`];
  const moved = [`{${Number(least) - 1},${most}}`, `{${Number(least) + 1},${most}}`];
  if (most !== "") moved.push(`{${least},${Number(most) + 1}}`, `{${least},${Number(most) - 1}}`);
  return moved.filter((bounds) => !bounds.includes("-"));
}

function classChanges(text: string, start: number): RegexChange[] {
  const inner = text.startsWith("[^") ? 2 : 1;
  const members = [...text.slice(inner, -1).matchAll(CLASS_PART)];
  if (members.length < 2) return [];
  return members.map((member) => ({
    start: start + inner + member.index,
    end: start + inner + member.index + member[0].length,
    to: "",
    operator: "drop a member of a class of a pattern",
  }));
}

/** Each alternative is dropped with the bar before it, the first one with the bar behind it. */
function alternativeChanges(pattern: string, start: number): RegexChange[] {
  const changes: RegexChange[] = [];
  const groups: { from: number; bars: number[] }[] = [{ from: 0, bars: [] }];
  const finish = (to: number) => {
    const { from, bars } = groups.pop()!;
    const cuts = [from - 1, ...bars, to];
    if (bars.length === 0) return;
    for (let i = 1; i < cuts.length; i++) {
      const isFirst = i === 1;
      changes.push({
        start: start + (isFirst ? from : cuts[i - 1]!),
        end: start + cuts[i]! + (isFirst ? 1 : 0),
        to: "",
        operator: "drop an alternative of a pattern",
      });
    }
  };
  for (const part of pattern.matchAll(PART)) {
    if (part[0].startsWith("(")) groups.push({ from: part.index + part[0].length, bars: [] });
    else if (part[0] === ")") finish(part.index);
    else if (part[0] === "|") groups.at(-1)!.bars.push(part.index);
  }
  finish(pattern.length);
  return changes;
}
