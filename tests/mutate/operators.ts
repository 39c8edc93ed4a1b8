/**
 * The operators: each takes one check out of a source. They look at the syntax tree alone, so they need not be told of
 * what is written tomorrow.
 *
 * - a condition is always, or never, so; a loop is not entered
 * - one side of `&&` and `||` is dropped
 * - a comparison takes its boundary, or no longer does; one that is a value is always, or never, so
 * - a function that answers yes or no always answers the one, or the other
 * - a statement is dropped: `throw`, a call, an assignment
 * - a sum with a number is without it, `Math.min` and `Math.max` are without one side
 * - a table loses an entry, a range loses its ends or gains a neighbour, a constant moves by one, a case is never met
 * - a pattern loses a part: see `regex_operators.ts`
 *
 * @module
 */

import ts from "typescript";
import type { Change, Mutant } from "./mutant.ts";
import { regexChanges } from "./regex_operators.ts";

type Found = Change & { readonly operator: string };

const BOUNDARIES: ReadonlyMap<ts.SyntaxKind, string> = new Map([
  [ts.SyntaxKind.LessThanToken, "<="],
  [ts.SyntaxKind.LessThanEqualsToken, "<"],
  [ts.SyntaxKind.GreaterThanToken, ">="],
  [ts.SyntaxKind.GreaterThanEqualsToken, ">"],
]);
const EQUALITIES: ReadonlySet<ts.SyntaxKind> = new Set([
  ts.SyntaxKind.EqualsEqualsEqualsToken,
  ts.SyntaxKind.ExclamationEqualsEqualsToken,
]);

/**
 * Makes the mutants of a source.
 *
 * @param file Its path, for the mutants
 * @param text The source
 * @param wanted The names of the top-level declarations to mutate; all if undefined
 * @returns The mutants, in order
 */
export function mutantsOf(file: string, text: string, wanted?: ReadonlySet<string>): Mutant[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const found: { change: Found; within: string }[] = [];
  const visit = (node: ts.Node, within: string): void => {
    if (isNoCode(node)) return;
    const name = nameOf(node) ?? within;
    for (const change of changesOf(node, source)) found.push({ change, within: name });
    ts.forEachChild(node, (child) => visit(child, name));
  };
  for (const statement of source.statements) {
    if (!wanted || declaredNames(statement).some((name) => wanted.has(name))) visit(statement, "");
  }
  return numbered(file, text, source, found);
}

/**
 * Gives the names that a top-level statement declares.
 *
 * @param statement The statement
 * @returns The names
 */
export function declaredNames(statement: ts.Statement): string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map((declaration) => declaration.name.getText());
  }
  return ts.isFunctionDeclaration(statement) && statement.name ? [statement.name.text] : [];
}

function numbered(
  file: string,
  text: string,
  source: ts.SourceFile,
  found: readonly { change: Found; within: string }[],
): Mutant[] {
  const counts = new Map<string, number>();
  const spans = new Set<string>();
  const mutants: Mutant[] = [];
  for (const { change: { start, end, to, operator }, within } of found) {
    // Two operators may come to the same change.
    const span = JSON.stringify([start, end, to]);
    if (spans.has(span)) continue;
    spans.add(span);
    const from = collapsed(text.slice(start, end));
    const key = JSON.stringify([within, from, to]);
    const nth = counts.get(key) ?? 0;
    counts.set(key, nth + 1);
    const line = source.getLineAndCharacterOfPosition(start).line + 1;
    mutants.push({ file, line, within, operator, from, nth, start, end, to });
  }
  return mutants;
}

function isNoCode(node: ts.Node): boolean {
  return ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isInterfaceDeclaration(node) ||
    ts.isTypeAliasDeclaration(node);
}

function nameOf(node: ts.Node): string | undefined {
  if (ts.isConstructorDeclaration(node)) return "constructor";
  const isNamed = ts.isFunctionDeclaration(node) || ts.isMethodDeclaration(node) || ts.isGetAccessor(node) ||
    ts.isPropertyDeclaration(node) || (ts.isVariableDeclaration(node) && isTopLevel(node));
  return isNamed ? node.name?.getText() : undefined;
}

function changesOf(node: ts.Node, source: ts.SourceFile): Found[] {
  const replace = (target: ts.Node, operator: string, to: string): Found => ({
    start: target.getStart(source),
    end: target.getEnd(),
    to,
    operator,
  });
  if (ts.isIfStatement(node)) return forced(node.expression, "condition", replace);
  if (ts.isConditionalExpression(node)) return forced(node.condition, "condition", replace);
  if (ts.isWhileStatement(node)) return [replace(node.expression, "loop never entered", "false")];
  if (ts.isForStatement(node) && node.condition) return [replace(node.condition, "loop never entered", "false")];
  if (ts.isThrowStatement(node)) return isGuarded(node) ? [] : [replace(node, "statement dropped", ";")];
  if (ts.isExpressionStatement(node)) {
    const isSuper = node.expression.getText(source).startsWith("super(");
    return isSuper ? [] : [replace(node, "statement dropped", ";")];
  }
  if (ts.isReturnStatement(node) && node.expression && answersYesOrNo(node)) {
    return forced(node.expression, "answer", replace);
  }
  if (ts.isArrowFunction(node) && !ts.isBlock(node.body) && isPredicate(node)) {
    return forced(node.body, "answer", replace);
  }
  if (ts.isBinaryExpression(node)) return ofBinary(node, source, replace);
  if (ts.isCallExpression(node)) return ofCall(node, source, replace);
  if (ts.isCaseClause(node)) {
    const never = ts.isStringLiteral(node.expression) ? '"never"' : "-1";
    return [replace(node.expression, "case never met", never)];
  }
  if (ts.isArrayLiteralExpression(node) && isTopLevel(node) && !isRange(node)) {
    return withoutEach(node.elements, replace);
  }
  if (ts.isNumericLiteral(node) && isTopLevel(node)) return movedByOne(node, replace);
  if (ts.isRegularExpressionLiteral(node)) return regexChanges(node.text, node.getStart(source));
  return [];
}

type Replace = (target: ts.Node, operator: string, to: string) => Found;

function forced(target: ts.Expression, what: string, replace: Replace): Found[] {
  if (["true", "false"].includes(target.getText())) return [];
  return [replace(target, `${what} always true`, "true"), replace(target, `${what} always false`, "false")];
}

/** A `throw` that is all there is under an `if`: to force the condition is to drop it. */
function isGuarded(node: ts.ThrowStatement): boolean {
  return ts.isIfStatement(node.parent) && node.parent.elseStatement === undefined;
}

function answersYesOrNo(node: ts.ReturnStatement): boolean {
  let parent: ts.Node = node;
  while (!ts.isFunctionLike(parent)) parent = parent.parent;
  return parent.type?.kind === ts.SyntaxKind.BooleanKeyword;
}

/** What is handed to `filter` and the like. */
function isPredicate(node: ts.ArrowFunction): boolean {
  return ts.isCallExpression(node.parent) &&
    /\.(?:filter|every|some|find|findIndex)$/.test(node.parent.expression.getText());
}

function ofBinary(node: ts.BinaryExpression, source: ts.SourceFile, replace: Replace): Found[] {
  const { left, right, operatorToken: { kind } } = node;
  if (kind === ts.SyntaxKind.AmpersandAmpersandToken || kind === ts.SyntaxKind.BarBarToken) {
    return [
      replace(node, "right side dropped", `(${left.getText(source)})`),
      replace(node, "left side dropped", `(${right.getText(source)})`),
    ];
  }
  const moved = BOUNDARIES.get(kind);
  const changes = moved === undefined
    ? []
    : [replace(node.operatorToken, moved.length === 2 ? "boundary taken" : "boundary not taken", moved)];
  if ((moved !== undefined || EQUALITIES.has(kind)) && isValue(node)) {
    changes.push(...forced(node, "comparison", replace));
  }
  const isSum = kind === ts.SyntaxKind.PlusToken || kind === ts.SyntaxKind.MinusToken;
  if (isSum && ts.isNumericLiteral(right)) changes.push(replace(node, "sum without its number", left.getText(source)));
  return changes;
}

/** Neither a condition, whose mutants are others, nor an operand, which is dropped. */
function isValue(node: ts.BinaryExpression): boolean {
  let parent = node.parent;
  while (ts.isParenthesizedExpression(parent)) parent = parent.parent;
  return ts.isVariableDeclaration(parent) || ts.isPropertyAssignment(parent) ||
    (ts.isBinaryExpression(parent) && parent.operatorToken.kind >= ts.SyntaxKind.FirstAssignment &&
      parent.operatorToken.kind <= ts.SyntaxKind.LastAssignment);
}

function ofCall(node: ts.CallExpression, source: ts.SourceFile, replace: Replace): Found[] {
  const changes: Found[] = [];
  if (/^Math\.(?:min|max)$/.test(node.expression.getText(source))) {
    for (const argument of node.arguments) {
      changes.push(replace(node, "one side of a bound alone", `(${argument.getText(source)})`));
    }
  }
  // Of a table that is made by a call at the start, each entry.
  if (isTopLevel(node)) {
    if (node.arguments.length > 1) changes.push(...withoutEach(node.arguments, replace));
    for (const argument of node.arguments) {
      if (ts.isStringLiteral(argument)) changes.push(...withoutEachCharacter(argument, source));
    }
  }
  return changes;
}

/** Each element is dropped with the comma behind it. */
function withoutEach(elements: ts.NodeArray<ts.Expression>, replace: Replace): Found[] {
  return elements.map((element, index) => {
    const change = replace(element, "entry dropped", "");
    return { ...change, end: elements[index + 1]?.getStart() ?? change.end };
  });
}

/** A first and a last octet: they are moved, one alone means nothing. */
function isRange(node: ts.ArrayLiteralExpression): boolean {
  return node.elements.length === 2 && node.elements.every((element) => ts.isNumericLiteral(element));
}

function withoutEachCharacter(node: ts.StringLiteral, source: ts.SourceFile): Found[] {
  const start = node.getStart(source) + 1;
  return [...node.getText(source).slice(1, -1).matchAll(/\\.|[\s\S]/g)].map((character) => ({
    start: start + character.index,
    end: start + character.index + character[0].length,
    to: "",
    operator: "member dropped",
  }));
}

function movedByOne(node: ts.NumericLiteral, replace: Replace): Found[] {
  const value = Number(node.text);
  return [replace(node, "number moved up", String(value + 1)), replace(node, "number moved down", String(value - 1))];
}

/** Whether it belongs to a constant of the module, and not to a function. */
function isTopLevel(node: ts.Node): boolean {
  for (let parent = node.parent; !ts.isSourceFile(parent); parent = parent.parent) {
    if (ts.isFunctionLike(parent) || ts.isClassLike(parent)) return false;
  }
  return true;
}

function collapsed(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
