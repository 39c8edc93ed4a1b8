/**
 * Links a graph of TypeScript modules in memory, one of them changed, as often as wanted: no file is written, no module
 * cached, and a change costs the compiling of one module. Loops are counted, so that a mutant which never ends is found
 * by its steps and not by a clock.
 *
 * @module
 */

import ts from "typescript";

const TYPE = ts.SyntaxKind.TypeKeyword;

/** Modules as functions, by path. */
export type Compiled = ReadonlyMap<string, Body>;

/** What every module is given. */
type Body = (exports: object, require: (specifier: string) => unknown, step: () => void) => void;

/** A linked graph. */
export interface Linked {
  /** What the entry exports. */
  readonly exports: Record<string, unknown>;
  /** Starts to count from 0. */
  resetSteps(): void;
  /** How many turns of loops were made since. */
  steps(): number;
}

/** A loop has turned too often. */
export class EndlessError extends Error {
  override readonly name: string = "EndlessError";
}

/**
 * Reads a module and all that it imports by a relative path.
 *
 * @param entry The path of the module, from the root
 * @param root The folder that paths start from
 * @returns The sources, by path
 */
export function readSources(entry: string, root: URL): Map<string, string> {
  const sources = new Map<string, string>();
  const visit = (path: string): void => {
    if (sources.has(path)) return;
    const text = Deno.readTextFileSync(new URL(path, root));
    sources.set(path, text);
    for (const specifier of importedBy(text)) if (specifier.startsWith(".")) visit(resolve(path, specifier));
  };
  visit(entry);
  return sources;
}

/**
 * Compiles a module.
 *
 * @param text Its source
 * @returns Its body
 */
export function compile(text: string): Body {
  const { outputText } = ts.transpileModule(text, {
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2024, removeComments: true },
    transformers: { before: [countLoops] },
  });
  return new Function("exports", "require", "__step", outputText) as Body;
}

/**
 * Links modules afresh.
 *
 * @param compiled The modules
 * @param entry The path of the one whose exports are wanted
 * @param packages What is imported by another than a relative path
 * @param maxSteps How many turns loops may make between two calls of `resetSteps`
 * @returns The linked graph
 */
export function link(
  compiled: Compiled,
  entry: string,
  packages: Readonly<Record<string, unknown>>,
  maxSteps: number,
): Linked {
  const modules = new Map<string, Record<string, unknown>>();
  let steps = 0;
  const step = (): void => {
    if (++steps > maxSteps) throw new EndlessError(`More than ${maxSteps} turns of loops`);
  };
  const load = (path: string): Record<string, unknown> => {
    const known = modules.get(path);
    if (known) return known;
    const exports = {};
    modules.set(path, exports);
    const require = (specifier: string) =>
      specifier.startsWith(".") ? load(resolve(path, specifier)) : packages[specifier];
    compiled.get(path)!(exports, require, step);
    return exports;
  };
  return { exports: load(entry), resetSteps: () => void (steps = 0), steps: () => steps };
}

/** What a module imports or hands on, types apart. */
function importedBy(text: string): string[] {
  return ts.createSourceFile("", text, ts.ScriptTarget.ESNext).statements.flatMap((statement) => {
    const isType = (ts.isImportDeclaration(statement) && statement.importClause?.phaseModifier === TYPE) ||
      (ts.isExportDeclaration(statement) && statement.isTypeOnly);
    if (isType || !(ts.isImportDeclaration(statement) || ts.isExportDeclaration(statement))) return [];
    return statement.moduleSpecifier ? [(statement.moduleSpecifier as ts.StringLiteral).text] : [];
  });
}

function resolve(from: string, specifier: string): string {
  return new URL(specifier, `file:///${from}`).pathname.slice(1);
}

/** Puts a call of `__step` into the body of each loop. */
function countLoops(context: ts.TransformationContext): ts.Transformer<ts.SourceFile> {
  const { factory } = context;
  const visit = (node: ts.Node): ts.Node => {
    const visited = ts.visitEachChild(node, visit, context);
    const isBody = ts.isStatement(node) && ts.isIterationStatement(node.parent, false) &&
      node.parent.statement === node;
    if (!isBody) return visited;
    const call = factory.createCallExpression(factory.createIdentifier("__step"), undefined, []);
    return factory.createBlock([factory.createExpressionStatement(call), visited as ts.Statement], true);
  };
  return (source) => ts.visitEachChild(source, visit, context);
}
