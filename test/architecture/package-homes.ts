import { posix } from "node:path";
import { partOf } from "./import-direction.ts";
import type { ImportFact, ModuleFacts } from "./module-facts.ts";
import type { Violation } from "./violation.ts";

/**
 * Where each package may be imported: a part, or one file. A package without a row is refused, so that a
 * new dependency finds its home on purpose.
 */
const HOMES: Readonly<Record<string, readonly string[]>> = {
  "@asyncapi/specs": ["documents"],
  "@aws-sdk/client-s3": ["stores/s3"],
  "@fastify/busboy": ["documents"],
  "@opentelemetry/api": ["telemetry"],
  "@opentelemetry/exporter-trace-otlp-http": ["telemetry"],
  "@opentelemetry/sdk-trace-node": ["telemetry"],
  "@peculiar/x509": ["pki"],
  "@seriousme/openapi-schema-validator": ["documents"],
  ajv: ["documents"],
  "ajv-formats": ["documents"],
  "fast-xml-parser": ["documents"],
  "reflect-metadata": ["pki"],
  commander: ["cli"],
  fastify: ["http"],
  "jsonc-parser": ["admin", "documents"],
  pino: ["telemetry"],
  "prom-client": ["telemetry"],
  protobufjs: ["admin"],
  typebox: ["core", "config", "admin"],
  yaml: ["config", "cli", "admin", "registry", "documents"],
  "node:sqlite": ["stores/sqlite", "bus/sqlite"],
  "node:worker_threads": [
    "core/threads/serve-tasks.ts",
    "core/threads/start-worker.ts",
    "stores/sqlite",
    "bus/sqlite",
  ],
  "node:cluster": ["main"],
  "node:http": ["http", "gateway/serve.ts", "cli"],
  "node:https": ["http", "cli"],
  "node:tls": ["http", "outbound", "credentials", "cli", "pki"],
  "node:child_process": ["cli", "main"],
};

/**
 * The files of the gateway that hold a call together. All others are stages: functions of plain values,
 * which may not even name a type of the transport (decision 0001).
 */
const TRANSPORT_FILES = [
  "answer",
  "call",
  "call-waits",
  "caller-body",
  "caller-connection",
  "received-call",
  "serve",
  "target-exchange",
  "unreadable",
].map((name) => `src/gateway/${name}.ts`);
const TRANSPORT = /^(node:(http|https|http2|net|tls|stream)|undici)(\/|$)/;

/** Built-in modules by which `core` would do I/O. */
const INPUT_OUTPUT = /^node:(fs|net|http|https|http2|tls|dns|dgram|child_process|process|os|sqlite|stream)\b/;

/** Loaded only when configured: never part of what an ordinary start reads. */
const ON_DEMAND = [/^@opentelemetry\/(sdk|exporter)-/, /^@kubernetes\//, /^@nats-io\//, /^@aws-sdk\//];

/** `@scope/name/deep/file` → `@scope/name`; built-in modules keep their `node:`. */
function packageOf(specifier: string): string {
  const parts = specifier.split("/");
  return parts.slice(0, specifier.startsWith("@") ? 2 : 1).join("/");
}

function isPackage({ specifier }: ImportFact): boolean {
  return !specifier.startsWith(".") && specifier !== "(computed)";
}

/** Packages imported outside their home. Types may be named anywhere: they are erased. */
export function packageHomes(modules: readonly ModuleFacts[]): readonly Violation[] {
  return modules.flatMap((module) =>
    module.imports.filter(isPackage).flatMap((imported): readonly Violation[] => {
      const text = misplaced(module.path, imported);
      return text ? [{ path: module.path, line: imported.line, rule: "package home", text }] : [];
    }),
  );
}

/** The priority of a thread is neither input nor output. */
const PRIORITY_FILE = "src/core/threads/step-back.ts";

function misplaced(path: string, { specifier, typeOnly }: ImportFact): string | undefined {
  const part = partOf(path);
  const name = packageOf(specifier);
  if (part === "core" && INPUT_OUTPUT.test(specifier) && path !== PRIORITY_FILE)
    return `core does no I/O, but imports ${specifier}`;
  if (part === "gateway" && TRANSPORT.test(specifier) && !TRANSPORT_FILES.includes(path)) {
    return `a stage of the gateway knows nothing of ${specifier}`;
  }
  const homes = HOMES[name];
  if (!homes) return name.startsWith("node:") ? undefined : `${name} has no home in package-homes.ts`;
  if (typeOnly || homes.includes(part) || homes.some((home) => path === `src/${home}`)) return undefined;
  return `${name} belongs to ${homes.join(", ")}`;
}

/** Packages that are to be loaded on demand, but that a start loads at once through static imports. */
export function loadedEagerly(modules: readonly ModuleFacts[], start: string): readonly Violation[] {
  const byPath = new Map(modules.map((module) => [module.path, module]));
  const reached = new Set<string>();
  const violations: Violation[] = [];
  const visit = (path: string): void => {
    const module = byPath.get(path);
    if (!module || reached.has(path)) return;
    reached.add(path);
    for (const { specifier, line, dynamic, typeOnly } of module.imports) {
      if (dynamic || typeOnly) continue;
      if (specifier.startsWith(".")) visit(posix.join(posix.dirname(path), specifier));
      else if (ON_DEMAND.some((pattern) => pattern.test(specifier))) {
        violations.push({ path, line, rule: "on demand", text: `${start} loads ${specifier} at once` });
      }
    }
  };
  visit(start);
  return violations;
}
