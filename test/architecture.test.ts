import assert from "node:assert/strict";
import { test } from "node:test";
import { importDirection } from "./architecture/import-direction.ts";
import { loadedEagerly, packageHomes } from "./architecture/package-homes.ts";
import { readModules } from "./architecture/read-modules.ts";
import { percentile } from "./architecture/size-distribution.ts";
import { readSources } from "./architecture/source-files.ts";
import { styleOf } from "./architecture/style-rules.ts";
import { describeViolations } from "./architecture/violation.ts";
import type { Violation } from "./architecture/violation.ts";

const modules = readModules(readSources("src/**/*.ts"));

function assertNone(violations: readonly Violation[]): void {
  assert.deepEqual(describeViolations(violations), []);
}

test("architecture - imports go from right to left only, and components never know each other", () => {
  assert.ok(modules.length > 0);
  assertNone(importDirection(modules));
});

test("architecture - each package is imported only in its home", () => {
  assertNone(packageHomes(modules));
});

test("architecture - what is loaded on demand is not loaded by a start", () => {
  assertNone(loadedEagerly(modules, "src/main.ts"));
});

test("architecture - every source file keeps the rules of style", () => {
  assertNone(modules.flatMap(styleOf));
});

test("architecture - files and functions stay small as a whole", (context) => {
  const files = modules.map(({ lines }) => lines);
  const functions = modules.flatMap((module) => module.functions.map(({ lines }) => lines));
  const blocks = functions.filter((lines) => lines > 1);
  const sizes = {
    files: files.length,
    fileMedian: percentile(files, 0.5),
    fileP90: percentile(files, 0.9),
    functions: blocks.length,
    functionMedian: percentile(blocks, 0.5),
    functionP90: percentile(blocks, 0.9),
  };
  context.diagnostic(JSON.stringify(sizes));
  assert.ok(sizes.fileMedian <= 100, `median of file lines is ${sizes.fileMedian}, at most 100`);
  assert.ok(sizes.fileP90 <= 250, `nine tenths of the files have ${sizes.fileP90} lines, at most 250`);
  assert.ok(sizes.functionP90 <= 25, `nine tenths of the functions have ${sizes.functionP90}, at most 25`);
});

const sentence = (violations: readonly Violation[]): string => describeViolations(violations).join("\n");

test("architecture - the checks find an import against the direction", () => {
  const found = sentence(
    importDirection(
      readModules({
        "src/core/names.ts": 'import "../gateway/route.ts";',
        "src/gateway/route.ts":
          'import { x } from "../admin/x.ts";\nexport type T = import("../stores/sqlite/s.ts").S;',
        "src/admin/x.ts": 'export { y } from "../core/missing.ts";',
        "src/credentials/c.ts": 'await import("../snapshot/s.ts");\nimport "../outbound/o.ts";',
        "src/outbound/o.ts": 'import type { C } from "../credentials/c.ts";',
        "src/snapshot/s.ts": "await import(process.argv[2]);",
        "src/stores/store.ts": 'import "./sqlite/s.ts";',
        "src/stores/sqlite/s.ts": 'import "../../gateway/route.ts";\nimport "../kubernetes/k.ts";',
        "src/stores/kubernetes/k.ts": 'import "../store.ts"; import "../../core/names.ts";',
        "src/main.ts": 'import "./stores/sqlite/s.ts"; import "./gateway/route.ts"; import "./admin/x.ts";',
        "src/cli/apply.ts":
          'import "../main.ts";\nimport "../gateway/route.ts";\nimport "../admin/internal.ts";',
        "src/admin/internal.ts": 'import "../main.ts";',
        "src/index.ts": 'export type { R } from "./gateway/route.ts";\nexport { start } from "./main.ts";',
        "src/shared/thing.ts": "",
      }),
    ),
  );
  assert.equal(
    found,
    [
      "src/core/names.ts:1 import direction: core may not import gateway",
      "src/gateway/route.ts:1 import direction: gateway may not import admin",
      "src/gateway/route.ts:2 import direction: gateway may not import stores/sqlite",
      "src/admin/x.ts:1 import direction: ../core/missing.ts is no source file",
      "src/credentials/c.ts:1 import direction: credentials may not import snapshot",
      "src/outbound/o.ts:1 import direction: outbound may not import credentials",
      "src/snapshot/s.ts:1 import direction: import() of a computed name",
      "src/stores/store.ts:1 import direction: stores may not import stores/sqlite",
      "src/stores/sqlite/s.ts:1 import direction: stores/sqlite may not import gateway",
      "src/stores/sqlite/s.ts:2 import direction: stores/sqlite may not import stores/kubernetes",
      "src/cli/apply.ts:2 import direction: cli may not import gateway: only main knows components and adapters",
      "src/admin/internal.ts:1 import direction: admin may not import main",
      "src/shared/thing.ts:1 import direction: shared is no part of the design",
    ].join("\n"),
  );
});

test("architecture - the checks find a package outside its home", () => {
  const found = sentence(
    packageHomes(
      readModules({
        "src/core/a.ts":
          'import { readFile } from "node:fs/promises";\nimport { createHash } from "node:crypto";',
        "src/gateway/a.ts":
          'import { DatabaseSync } from "node:sqlite";\nimport type { IncomingMessage } from "node:http";',
        "src/gateway/call.ts": 'import { pino } from "pino";\nimport type { Logger } from "pino";',
        "src/gateway/b.ts": 'import leftPad from "left-pad";\nimport "@kubernetes/client-node/deep";',
        "src/telemetry/a.ts": 'import { pino } from "pino";',
      }),
    ),
  );
  assert.equal(
    found,
    [
      "src/core/a.ts:1 package home: core does no I/O, but imports node:fs/promises",
      "src/gateway/a.ts:1 package home: node:sqlite belongs to stores/sqlite, bus/sqlite",
      "src/gateway/a.ts:2 package home: a stage of the gateway knows nothing of node:http",
      "src/gateway/call.ts:1 package home: pino belongs to telemetry",
      "src/gateway/b.ts:1 package home: left-pad has no home in package-homes.ts",
      "src/gateway/b.ts:2 package home: @kubernetes/client-node has no home in package-homes.ts",
    ].join("\n"),
  );
});

test("architecture - the checks find a package that a start loads too early", () => {
  const modulesOf = (load: string) =>
    readModules({
      "src/main.ts": `${load}\nimport type { X } from "@nats-io/jetstream";`,
      "src/telemetry/otlp.ts": 'import { NodeTracerProvider } from "@opentelemetry/sdk-trace-node";',
    });
  assertNone(loadedEagerly(modulesOf('await import("./telemetry/otlp.ts");'), "src/main.ts"));
  assert.equal(
    sentence(loadedEagerly(modulesOf('import "./telemetry/otlp.ts";'), "src/main.ts")),
    "src/telemetry/otlp.ts:1 on demand: src/main.ts loads @opentelemetry/sdk-trace-node at once",
  );
});

test("architecture - the checks find each breach of style", () => {
  const long = `export function long(a, b, c, d) {\n${"  a();\n".repeat(79)}}`;
  const found = readModules({
    "src/core/CamelCase.ts": "export const a = 1;",
    "src/core/token-util.ts": "export class TokenManager { read(a, b, c, d) {} #own(a, b, c, d) {} }",
    "src/core/default.ts": "export default class Thing {}",
    "src/core/default-value.ts": "const a = 1;\nexport default a;",
    "src/core/barrel.ts": 'export * from "./a.ts";\nexport type { B } from "./b.ts";',
    "src/index.ts": 'export type { B } from "./core/b.ts";',
    "src/core/any.ts": "export function f(this: Thing, a: number, b: number, c: any) {}",
    "src/core/enum.ts": "enum Colour { Red }",
    "src/core/unfinished.ts": "// TODO later\nconst todo = 1;",
    "src/core/long.ts": `${long}\nconst inner = (a, b, c, d) => a;\n${"\n".repeat(430)}`,
    "src/core/broken.ts": "export const = ;",
  }).flatMap(styleOf);
  assert.deepEqual(
    found.map(({ path, line, rule }) => `${path}:${line} ${rule}`),
    [
      "src/core/CamelCase.ts:1 file name",
      "src/core/token-util.ts:1 parameters",
      "src/core/token-util.ts:1 file name",
      "src/core/token-util.ts:1 name",
      "src/core/default.ts:1 no default export",
      "src/core/default-value.ts:2 no default export",
      "src/core/barrel.ts:1 no barrel",
      "src/core/barrel.ts:2 no barrel",
      "src/core/any.ts:1 no any",
      "src/core/enum.ts:1 no enum",
      "src/core/unfinished.ts:1 unfinished",
      "src/core/long.ts:1 file size",
      "src/core/long.ts:1 function size",
      "src/core/long.ts:1 parameters",
      "src/core/broken.ts:1 syntax",
    ],
  );
});
