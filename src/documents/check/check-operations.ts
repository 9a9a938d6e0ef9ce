import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import type { Finding } from "../finding.ts";
import { found } from "./found.ts";
import { writePointer } from "./json-pointer.ts";
import type { FoundOperation } from "./openapi-paths.ts";
import { localTarget } from "./reference-check.ts";
import { shortText } from "./short-text.ts";
import { itemsOf } from "./title-metadata.ts";

/**
 * Rules of OpenAPI that a JSON Schema cannot state: each operationId once, each part of a path in braces
 * described. Warnings, for many documents in use break them and can be called all the same.
 */
export function checkOperations(
  root: PlainObject,
  operations: readonly FoundOperation[],
): readonly Finding[] {
  const findings = [...repeatedNames(operations)];
  for (const operation of operations) {
    if (operation.path.includes("{")) findings.push(...undescribedParts(root, operation));
  }
  return findings;
}

function repeatedNames(operations: readonly FoundOperation[]): readonly Finding[] {
  const known = new Set<string>();
  const findings: Finding[] = [];
  for (const { id, path, method } of operations) {
    if (id === undefined) continue;
    if (known.has(id)) {
      const pointer = writePointer(["paths", path, method, "operationId"]);
      findings.push(found("warning", pointer, `Another operation is called "${shortText(id, 100)}", too.`));
    }
    known.add(id);
  }
  return findings;
}

function undescribedParts(
  root: PlainObject,
  { path, method, item, operation }: FoundOperation,
): readonly Finding[] {
  const described: string[] = [];
  for (const parameter of [...itemsOf(item, "parameters"), ...itemsOf(operation, "parameters")]) {
    const name = pathParameter(root, parameter);
    // What is described elsewhere, or in a way that the schema refuses, is not known.
    if (name === undefined) return [];
    described.push(name);
  }
  const findings: Finding[] = [];
  for (const [, part = ""] of path.matchAll(/\{([^{}]+)\}/g)) {
    if (described.includes(part)) continue;
    const pointer = writePointer(["paths", path, method]);
    findings.push(found("warning", pointer, `"{${part}}" of the path has no path parameter.`));
  }
  return findings;
}

/** Its name; `""` for those of another place, undefined for a reference that cannot be followed. */
function pathParameter(root: PlainObject, parameter: unknown): string | undefined {
  const reference = isPlainObject(parameter) ? ownValue(parameter, "$ref") : undefined;
  const target =
    typeof reference === "string" && reference.startsWith("#") ? localTarget(root, reference) : parameter;
  if (!isPlainObject(target) || Object.hasOwn(target, "$ref")) return undefined;
  const name = ownValue(target, "name");
  return ownValue(target, "in") === "path" && typeof name === "string" ? name : "";
}
