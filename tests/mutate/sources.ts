/**
 * What is mutated: all of `core/parse`, and of the words what it imports from them, tables above all.
 *
 * @module
 */

import ts from "typescript";
import type { Mutant } from "./mutant.ts";
import { declaredNames, mutantsOf } from "./operators.ts";

const FOLDER = "core/parse";
/** Words that hold checks of the parser. */
const WORDS = ["core/octets.ts", "core/fields.ts", "core/message.ts"];

/**
 * Makes the mutants of all that is mutated.
 *
 * @param root The project's folder
 * @returns The mutants, file by file
 */
export function mutantsOfParser(root: URL): Mutant[] {
  const names = [...Deno.readDirSync(new URL(FOLDER, root))].map(({ name }) => `${FOLDER}/${name}`).sort();
  const leaves = names.map((name) => [name, Deno.readTextFileSync(new URL(name, root))] as const);
  const imported = new Set(leaves.flatMap(([name, text]) => importedNames(name, text)));
  return [
    ...leaves.flatMap(([name, text]) => mutantsOf(name, text)),
    ...WORDS.flatMap((name) => {
      const text = Deno.readTextFileSync(new URL(name, root));
      return mutantsOf(name, text, withWhatTheyUse(name, text, imported));
    }),
  ];
}

/** The names of values that a module imports. */
function importedNames(file: string, text: string): string[] {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  return source.statements.filter(ts.isImportDeclaration).flatMap(({ importClause }) => {
    const bindings = importClause?.namedBindings;
    if (!bindings || !ts.isNamedImports(bindings)) return [];
    return bindings.elements.filter((element) => !element.isTypeOnly).map((element) => element.name.text);
  });
}

/** Of a module, the names that are wanted, and those of what their declarations use in the same module. */
function withWhatTheyUse(file: string, text: string, wanted: ReadonlySet<string>): Set<string> {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.ESNext, true);
  const used = new Set<string>();
  const take = (name: string): void => {
    if (used.has(name)) return;
    const declaration = source.statements.find((statement) => declaredNames(statement).includes(name));
    if (!declaration) return;
    used.add(name);
    const visit = (node: ts.Node): void => {
      if (ts.isIdentifier(node)) take(node.text);
      ts.forEachChild(node, visit);
    };
    visit(declaration);
  };
  wanted.forEach(take);
  return used;
}
