/**
 * Finds what a source uses of the global scope. It works on the syntax tree that `Deno.lint` gives, so that comments,
 * strings and property names are no matter, and against a list of what is allowed, so that a global nobody thought of
 * is refused too. A name that the file declares anywhere, in any scope, counts as its own.
 *
 * @module
 */

/** The part of a node of the syntax tree that is used. */
interface Node {
  readonly type: string;
  readonly name?: string;
  readonly range: readonly [number, number];
  readonly parent?: Node;
  readonly [member: string]: unknown;
}

// ECMAScript's own, without globalThis, eval and Function, which lead around the rule; and the few others.
const BUILT_INS: ReadonlySet<string> = new Set(
  `undefined NaN Infinity arguments isFinite isNaN parseFloat parseInt decodeURI decodeURIComponent encodeURI
  encodeURIComponent Object Boolean Symbol Error AggregateError EvalError RangeError ReferenceError SuppressedError
  SyntaxError TypeError URIError Number BigInt Math String RegExp Array Int8Array Uint8Array Uint8ClampedArray
  Int16Array Uint16Array Int32Array Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array Float64Array
  Map Set WeakMap WeakSet WeakRef FinalizationRegistry ArrayBuffer SharedArrayBuffer DataView Atomics JSON Iterator
  Promise Proxy Reflect DisposableStack AsyncDisposableStack
  TextEncoder TextDecoder URL AbortController AbortSignal`.split(/\s+/),
);

// Types of the language, which leave nothing behind.
const BUILT_IN_TYPES: ReadonlySet<string> = new Set(
  `const Record Partial Required Readonly Pick Omit Exclude Extract NonNullable Parameters ConstructorParameters
  ReturnType InstanceType ThisType ThisParameterType OmitThisParameter Awaited NoInfer Uppercase Lowercase Capitalize
  Uncapitalize PropertyKey PropertyDescriptor PropertyDescriptorMap ErrorOptions ArrayLike ArrayBufferLike
  ArrayBufferView ReadonlyArray ReadonlyMap ReadonlySet WeakKey PromiseLike PromiseWithResolvers PromiseSettledResult
  PromiseFulfilledResult PromiseRejectedResult Iterable IterableIterator IteratorResult IteratorYieldResult
  IteratorReturnResult IteratorObject ArrayIterator MapIterator SetIterator AsyncIterable AsyncIterator
  AsyncIterableIterator AsyncIteratorObject Generator AsyncGenerator Disposable AsyncDisposable RegExpExecArray
  RegExpMatchArray TemplateStringsArray`.split(/\s+/),
);

/** What single folders may use besides. */
const FOLDERS: readonly [folder: string, names: readonly string[]][] = [
  ["core/middleware/", ["Request", "RequestInit", "Response", "ResponseInit", "Headers", "HeadersInit", "BodyInit"]],
  ["core/middleware/", ["ReadableStream", "ReadableStreamDefaultReader", "ReadableStreamBYOBReader"]],
  // Types alone: what one writes to make and to read a ReadableStream.
  ["core/middleware/", ["ReadableStreamDefaultController", "ReadableByteStreamController", "ReadableStreamReadResult"]],
  ["core/middleware/", ["UnderlyingSource", "UnderlyingByteSource", "UnderlyingDefaultSource"]],
  ["core/websocket/", ["crypto", "CompressionStream", "DecompressionStream"]],
];

// A clock hides in these: only the members named here may be used.
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Date: ["UTC", "parse", "prototype"],
  AbortSignal: ["any", "abort", "prototype"],
  crypto: ["subtle"],
};

/**
 * Finds the globals that a source of the core uses and must not. Works only under `deno test`, as `Deno.lint` does.
 *
 * @param file Its path from the project's folder: what is allowed depends on the place.
 * @param source Its text.
 * @returns A line `path:line: name` for each use, in their order, none if all is well.
 */
export function findForbiddenGlobals(file: string, source: string): string[] {
  const declared: Set<string> = new Set();
  // By offset, since a shorthand property is one name but two nodes.
  const used: Map<number, Node> = new Map();
  visitNames(file, source, (node) => {
    if (node.type === "ImportExpression") used.set(node.range[0], node);
    else if (isPropertyName(node)) return;
    else if (isDeclaration(node)) declared.add(node.name as string);
    else used.set(node.range[0], node);
  });
  // The syntax tree leaves out the type parameters of classes.
  for (const [, list] of source.matchAll(/\bclass\s+\w+\s*<([^>]*)>/g)) {
    for (const [name] of list!.matchAll(/(?<=^|,\s*)\w+/g)) declared.add(name);
  }
  const allowed = allowedIn(file);
  const found: string[] = [];
  for (const [offset, node] of [...used].sort(([a], [b]) => a - b)) {
    const name = declared.has(node.name ?? "") ? undefined : forbiddenUse(node, allowed);
    if (name !== undefined) found.push(`${file}:${source.slice(0, offset).split("\n").length}: ${name}`);
  }
  return found;
}

/** Calls back for each identifier and each dynamic import. */
function visitNames(file: string, source: string, visit: (node: Node) => void): void {
  const visitNode = (node: unknown): void => visit(node as Node);
  const rule: Deno.lint.Rule = { create: () => ({ Identifier: visitNode, ImportExpression: visitNode }) };
  Deno.lint.runPlugin({ name: "globals", rules: { names: rule } }, file, source);
}

function allowedIn(file: string): Set<string> {
  const extra = FOLDERS.filter(([folder]) => file.startsWith(folder)).flatMap(([, names]) => names);
  return new Set([...BUILT_INS, ...BUILT_IN_TYPES, "Date", ...extra]);
}

/** Says what is wrong with the use of a global, if anything. */
function forbiddenUse(node: Node, allowed: ReadonlySet<string>): string | undefined {
  const { name, parent } = node;
  if (name === undefined) return "import()";
  if (!allowed.has(name)) return name;
  const members = Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : undefined;
  if (members === undefined || parent === undefined || parent.type === "TSTypeReference") return undefined;
  if (parent.type === "MemberExpression" && is(node, parent, "object")) {
    if (parent["computed"] === true) return `${name}[...]`;
    const member = (parent["property"] as Node).name ?? "";
    return members.includes(member) ? undefined : `${name}.${member}`;
  }
  if (parent.type === "BinaryExpression" && parent["operator"] === "instanceof") return undefined;
  if (parent.type === "NewExpression" && name === "Date") {
    return (parent["arguments"] as unknown[]).length > 0 ? undefined : "new Date()";
  }
  return `${name} as a value`;
}

/** Whether the identifier only names a member, a label or a name in another module. */
function isPropertyName(node: Node): boolean {
  const parent = node.parent;
  switch (parent?.type) {
    case "MemberExpression":
      return is(node, parent, "property") && parent["computed"] !== true;
    case "Property":
      // In a shorthand, key and value are the same text: it is a use, unless its use is the left of a default.
      if (parent["shorthand"] === true) return (parent["value"] as Node).type === "AssignmentPattern";
      return isKey(node, parent);
    case "ExportSpecifier":
      return parent.parent?.["source"] != null || !is(node, parent, "local");
    case "ImportSpecifier":
      return !is(node, parent, "local");
    case "TSQualifiedName":
      return is(node, parent, "right");
    case "TSImportType":
    case "MetaProperty":
    case "LabeledStatement":
    case "BreakStatement":
    case "ContinueStatement":
    case "ExportAllDeclaration":
    case "ImportAttribute":
      return true;
    case "TSNamedTupleMember":
      return is(node, parent, "label");
    default:
      return parent !== undefined && isKey(node, parent);
  }
}

/** Whether the identifier makes a name known, as a binding, a parameter or a type. */
function isDeclaration(node: Node): boolean {
  const parent = node.parent;
  if (parent === undefined) return false;
  switch (parent.type) {
    case "ArrayPattern":
    case "ObjectPattern":
    case "RestElement":
      return isDeclaration(parent);
    case "AssignmentPattern":
      return is(node, parent, "left") && isDeclaration(parent);
    case "Property":
      return parent.parent?.type === "ObjectPattern" && is(node, parent, "value") && isDeclaration(parent.parent);
    case "ImportSpecifier":
    case "ImportDefaultSpecifier":
    case "ImportNamespaceSpecifier":
    case "TSParameterProperty":
      return true;
    case "TSTypeParameter":
      return is(node, parent, "name");
    case "TSMappedType":
      return is(node, parent, "key");
    case "CatchClause":
      return is(node, parent, "param");
    case "TSTypeParameterInstantiation":
      return false;
    default:
      return is(node, parent, "id") || isOneOf(node, parent, "params") || isOneOf(node, parent, "parameters");
  }
}

function isKey(node: Node, parent: Node): boolean {
  return is(node, parent, "key") && parent["computed"] !== true && parent.type !== "TSMappedType";
}

function isOneOf(node: Node, parent: Node, member: string): boolean {
  const nodes = parent[member];
  return Array.isArray(nodes) && nodes.some((other: Node) => isSame(node, other));
}

function is(node: Node, parent: Node, member: string): boolean {
  return isSame(node, parent[member]);
}

/** Whether both are the same node; the tree may make a new object each time it is asked. */
function isSame(node: Node, other: unknown): boolean {
  if (typeof other !== "object" || other === null) return false;
  const { type, range } = other as Node;
  return type === node.type && range[0] === node.range[0] && range[1] === node.range[1];
}
