import assert from "node:assert/strict";
import { compareDocuments } from "../../../../src/documents/compare/compare-documents.ts";
import type { Comparison } from "../../../../src/documents/compare/comparison.ts";
import { newDocument } from "../check/check-as.ts";

export type Json = Readonly<Record<string, unknown>>;

export function compare(before: unknown, after: unknown): Comparison {
  return compareDocuments(newDocument("openapi", "a.json", before), newDocument("openapi", "a.json", after));
}

/** Changes as `severity kind path`. */
export function said({ changes }: Comparison): readonly string[] {
  return changes.map(({ severity, kind, path }) => `${severity} ${kind} ${path}`);
}

export function openApi(paths: Json, more: Json = {}): Json {
  return { openapi: "3.0.3", info: { title: "Orders", version: "1" }, paths, ...more };
}

export function body(schema: Json): Json {
  return { content: { "application/json": { schema } } };
}

export const ok = { 200: { description: "fine" } };
export const GET = "/paths/~1orders/get";
export const POST = "/paths/~1orders/post";

export const get = (more: Json) => openApi({ "/orders": { get: { responses: ok, ...more } } });
export const post = (requestBody: Json) => openApi({ "/orders": { post: { requestBody, responses: ok } } });
export const withResponses = (responses: Json) => get({ responses });

export interface Row {
  readonly name: string;
  readonly before: Json;
  readonly after: Json;
  readonly changes: readonly string[];
}

export function assertChanges({ name, before, after, changes }: Row): void {
  const comparison = compare(before, after);
  assert.deepEqual(new Set(said(comparison)), new Set(changes), name);
  assert.equal(comparison.changes.length, changes.length);
  const breaking = changes.some((change) => change.startsWith("breaking"));
  const verdict = breaking ? "breaking" : changes.length > 0 ? "compatible" : "unchanged";
  assert.equal(comparison.verdict, verdict);
}
