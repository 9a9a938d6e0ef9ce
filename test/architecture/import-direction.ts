import { posix } from "node:path";
import type { ImportFact, ModuleFacts } from "./module-facts.ts";
import type { Violation } from "./violation.ts";

/** What a component may import; left may not import right. */
const FOUNDATION = [
  "core",
  "config",
  "telemetry",
  "pki",
  "kube",
  "http",
  "outbound",
  "credentials",
  "stores",
  "bus",
  "snapshot",
];

/** They share through the foundation and through what `main` hands them, never directly. */
const COMPONENTS = [
  "gateway",
  "connector",
  "ingress",
  "validator",
  "registry",
  "documents",
  "events",
  "broker",
  "operator",
  "compass",
  "admin",
];

/** The interface is in the folder's own files; each subfolder is an adapter that only `main` may choose. */
const ADAPTED = ["stores", "bus"];

/** The store's thread is told by `main` which kinds there are, and functions cannot be sent to a thread. */
const COMPUTED = ["src/stores/sqlite/worker.ts"];

const SUMMITS = ["main", "cli", "index"];

/** The part of a source file: a folder of `src`, an adapter such as `stores/sqlite`, or a file of `src`. */
export function partOf(path: string): string {
  const [, first = "", second] = path.replace(/\.ts$/, "").split("/");
  const isAdapter = ADAPTED.includes(first) && path.split("/").length > 3;
  return isAdapter ? `${first}/${second}` : first;
}

/** Every import within `src` that goes against the one direction, leaves `src` or names no file. */
export function importDirection(modules: readonly ModuleFacts[]): readonly Violation[] {
  const paths = new Set(modules.map(({ path }) => path));
  return modules.flatMap((module) => [
    ...unknownPart(module),
    ...module.imports.flatMap((imported) => {
      const text = judge(module, imported, paths);
      return text ? [{ path: module.path, line: imported.line, rule: "import direction", text }] : [];
    }),
  ]);
}

function unknownPart({ path }: ModuleFacts): readonly Violation[] {
  const part = partOf(path);
  const known = [...FOUNDATION, ...COMPONENTS, ...SUMMITS].includes(part) || part.includes("/");
  return known ? [] : [{ path, line: 1, rule: "import direction", text: `${part} is no part of the design` }];
}

function judge(module: ModuleFacts, imported: ImportFact, paths: ReadonlySet<string>): string | undefined {
  if (imported.specifier === "(computed)") {
    return COMPUTED.includes(module.path) ? undefined : "import() of a computed name";
  }
  if (!imported.specifier.startsWith(".")) return undefined;
  const target = posix.join(posix.dirname(module.path), imported.specifier);
  if (!paths.has(target)) return `${imported.specifier} is no source file`;
  const from = partOf(module.path);
  const to = partOf(target);
  if (from === to || from === "main") return undefined;
  if (SUMMITS.includes(from)) return judgeSummit(imported, { from, to, target });
  return mayImport(from).includes(to) ? undefined : `${from} may not import ${to}`;
}

function judgeSummit(
  imported: ImportFact,
  { from, to, target }: { from: string; to: string; target: string },
): string | undefined {
  if (to === "main" || FOUNDATION.includes(to)) return undefined;
  // A part's second door, for the command line and for tests.
  if (from === "cli" && posix.basename(target) === "internal.ts") return undefined;
  if (from === "index" && imported.typeOnly) return undefined;
  return `${from} may not import ${to}: only main knows components and adapters`;
}

function mayImport(part: string): readonly string[] {
  const place = FOUNDATION.indexOf(part);
  return place < 0 ? FOUNDATION : FOUNDATION.slice(0, place);
}
