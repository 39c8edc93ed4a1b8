/**
 * The module graph of the project, as `deno info --json` tells it, and the import rule over it.
 *
 * @module
 */

/** For each module what it imports, types included. Paths are from the project's folder; others are as imported. */
export type Graph = Map<string, string[]>;

/** What of `deno info --json` is used. */
interface Info {
  modules: {
    specifier: string;
    error?: string;
    dependencies?: Dependency[];
  }[];
}

interface Dependency {
  specifier: string;
  /** What is run; a type import has none. */
  code?: { specifier?: string };
  type?: { specifier?: string };
  /** Whether it is `import()`. */
  isDynamic?: boolean;
}

/** A place in the tree with those whose modules it may import. */
interface Place {
  readonly name: string;
  readonly pattern: RegExp;
  readonly imports: readonly string[];
}

// The first pattern that matches is the module's place. What has no place here must not exist in core, and may import
// all elsewhere.
const PLACES: readonly Place[] = [
  { name: "words", pattern: /^core\/(octets|errors|limits|fields|message|status|date)\.ts$/, imports: ["words"] },
  { name: "parse", pattern: /^core\/parse\//, imports: ["words", "parse"] },
  { name: "write", pattern: /^core\/write\//, imports: ["words", "write"] },
  {
    name: "connection",
    pattern: /^core\/connection\//,
    imports: ["words", "parse", "write", "connection"],
  },
  {
    name: "gateway",
    pattern: /^core\/gateway\//,
    imports: ["words", "parse", "write", "connection", "gateway"],
  },
  {
    name: "middleware",
    pattern: /^core\/middleware\//,
    imports: ["words", "parse", "write", "connection", "gateway", "middleware"],
  },
  // The codec is a leaf; the application that speaks it stands where any application stands.
  {
    name: "websocket app",
    pattern: /^core\/websocket\/\w*app\.ts$/,
    imports: ["words", "gateway", "websocket", "websocket app"],
  },
  { name: "websocket", pattern: /^core\/websocket\//, imports: ["words", "websocket"] },
  {
    name: "core",
    pattern: /^core\/mod\.ts$/,
    imports: ["words", "parse", "write", "connection", "gateway", "middleware", "websocket", "websocket app"],
  },
  { name: "adapters", pattern: /^adapters\//, imports: ["core/", "adapters", "node:"] },
  { name: "main", pattern: /^mod\.ts$/, imports: ["core/", "adapters"] },
  // Run by Node.js and Bun as they are, without an import map.
  { name: "plain", pattern: /^(cli\/demo|bench\/subjects)\//, imports: ["core/", "adapters", "plain", "node:"] },
  { name: "cli", pattern: /^cli\//, imports: ["core/", "adapters", "main", "plain", "cli", "node:", "package"] },
  { name: "node:", pattern: /^node:/, imports: [] },
  { name: "package", pattern: /^(npm:|jsr:|vendor\/std\/)/, imports: ["package", "node:"] },
];

/**
 * Finds the sources of the project.
 *
 * @param root The project's folder.
 * @param names Files and folders in it; those that do not exist are left out.
 * @returns The paths of their `.ts` files, from the project's folder, sorted.
 */
export async function sourceFiles(root: URL, names: readonly string[]): Promise<string[]> {
  const files: string[] = [];
  for (const name of names) {
    const entry = await Deno.stat(new URL(name, root)).catch(() => undefined);
    if (entry?.isFile && name.endsWith(".ts")) files.push(name);
    // Packages that the benches install are not ours.
    if (!entry?.isDirectory || name.endsWith("/node_modules")) continue;
    const inside = await Array.fromAsync(Deno.readDir(new URL(name, root)), (child) => `${name}/${child.name}`);
    files.push(...await sourceFiles(root, inside));
  }
  return files.sort();
}

/**
 * Reads the graph of all that the import rule speaks of.
 *
 * @param root The project's folder.
 * @returns The graph.
 * @throws {Error} If `deno info` fails or a module cannot be resolved.
 */
export async function readGraph(root: URL): Promise<Graph> {
  const files = await sourceFiles(root, ["mod.ts", "core", "adapters", "cli", "bench"]);
  const entry = await Deno.makeTempFile({ suffix: ".ts" });
  try {
    // `deno info` takes one entry; an empty one would be the same as none.
    await Deno.writeTextFile(
      entry,
      files.map((file) => `import ${JSON.stringify(new URL(file, root).href)};`).join(""),
    );
    return graphOf(await readInfo(root, entry), root, files);
  } finally {
    await Deno.remove(entry);
  }
}

/**
 * Finds all that is loaded before a module runs: what it imports, and what that imports, but no types and no `import()`.
 *
 * @param root The project's folder.
 * @param entry The module.
 * @returns The modules, and as they are imported those that are not files, sorted.
 * @throws {Error} If `deno info` fails or a module cannot be resolved.
 */
export async function loadedBefore(root: URL, entry: string): Promise<string[]> {
  const info = await readInfo(root, entry);
  const graph = graphOf(info, root, [entry], ({ code, isDynamic }) => code !== undefined && !isDynamic);
  const loaded = new Set(graph.get(entry));
  // A set goes on to what is added meanwhile.
  for (const module of loaded) graph.get(module)?.forEach((imported) => loaded.add(imported));
  return [...loaded].sort();
}

async function readInfo(root: URL, entry: string): Promise<Info> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", "--no-lock", "--config", "deno.json", entry],
    cwd: root,
  }).output();
  if (!success) throw new Error(`deno info failed: ${new TextDecoder().decode(stderr)}`);
  return JSON.parse(new TextDecoder().decode(stdout)) as Info;
}

function graphOf(
  info: Info,
  root: URL,
  files: readonly string[],
  counts: (dependency: Dependency) => boolean = () => true,
): Graph {
  const graph: Graph = new Map();
  const nameOf = (specifier: string) => specifier.startsWith(root.href) ? specifier.slice(root.href.length) : specifier;
  for (const module of info.modules) {
    if (module.error !== undefined) throw new Error(module.error);
    const imports = (module.dependencies ?? []).filter(counts).map(({ specifier, code, type }) => {
      // An npm package has no address before it is chosen; its own name says enough.
      return code?.specifier ?? type?.specifier ?? specifier;
    });
    graph.set(nameOf(module.specifier), imports.map(nameOf));
  }
  const missing = files.filter((file) => !graph.has(file));
  if (missing.length > 0) throw new Error(`deno info does not tell of ${missing.join(", ")}`);
  return graph;
}

/**
 * Finds imports against the rule.
 *
 * @param graph The module graph.
 * @returns A line for each, none if all is well.
 */
export function findForbiddenImports(graph: Graph): string[] {
  const found: string[] = [];
  for (const [from, imports] of graph) {
    const place = placeOf(from);
    for (const to of imports) {
      if (!mayImport(from, place, to)) found.push(`${from} must not import ${to}`);
    }
  }
  return found;
}

function mayImport(from: string, place: Place | undefined, to: string): boolean {
  if (place === undefined) return !from.startsWith("core/");
  const target = placeOf(to);
  if (target === undefined) return false;
  return place.imports.includes(target.name) || (place.imports.includes("core/") && to.startsWith("core/"));
}

function placeOf(path: string): Place | undefined {
  return PLACES.find((place) => place.pattern.test(path));
}

/**
 * Finds cycles among the modules of core and adapters.
 *
 * @param graph The module graph.
 * @returns A line for each cycle that a walk in depth closes, none if all is well.
 */
export function findCycles(graph: Graph): string[] {
  const found: string[] = [];
  const done: Set<string> = new Set();
  const path: string[] = [];
  const visit = (module: string): void => {
    const at = path.indexOf(module);
    if (at !== -1) found.push([...path.slice(at), module].join(" -> "));
    if (at !== -1 || done.has(module)) return;
    path.push(module);
    graph.get(module)?.filter(isInside).forEach(visit);
    path.pop();
    done.add(module);
  };
  [...graph.keys()].filter(isInside).forEach(visit);
  return found;
}

function isInside(module: string): boolean {
  return module.startsWith("core/") || module.startsWith("adapters/");
}
