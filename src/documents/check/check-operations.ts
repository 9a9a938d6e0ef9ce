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
  let path: string | undefined;
  let parts: readonly string[] = [];
  for (const { path: own, method, item, operation } of operations) {
    // Operations of a path follow each other, and what is described for all of them is looked at once.
    if (own !== path) parts = undescribed(root, partsOf((path = own)), item);
    for (const part of undescribed(root, parts, operation)) {
      const message = `"{${part}}" of the path has no path parameter.`;
      findings.push(found("warning", writePointer(["paths", own, method]), message));
    }
  }
  return findings;
}

function partsOf(path: string): readonly string[] {
  return path.includes("{") ? Array.from(path.matchAll(/\{([^{}]+)\}/g), ([, name = ""]) => name) : [];
}

function repeatedNames(operations: readonly FoundOperation[]): readonly Finding[] {
  const known = new Set<string>();
  const findings: Finding[] = [];
  for (const { id, path, method } of operations) {
    if (id === undefined) continue;
    const { size } = known;
    if (known.add(id).size === size) {
      const pointer = writePointer(["paths", path, method, "operationId"]);
      findings.push(found("warning", pointer, `Another operation is called "${shortText(id, 100)}", too.`));
    }
  }
  return findings;
}

/** The parts that no parameter of the object describes; none where that is not known. */
function undescribed(root: PlainObject, parts: readonly string[], object: PlainObject): readonly string[] {
  if (parts.length === 0) return parts;
  const described = new Set<string>();
  for (const parameter of itemsOf(object, "parameters")) {
    const name = pathParameter(root, parameter);
    // What is described elsewhere, or in a way that the schema refuses, is not known.
    if (name === undefined) return [];
    described.add(name);
  }
  return described.size === 0 ? parts : parts.filter((part) => !described.has(part));
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
