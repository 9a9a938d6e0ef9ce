import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import type { Finding } from "../finding.ts";
import { checkContent } from "./check-content.ts";
import type { FormatCheck } from "./format-check.ts";
import { found } from "./found.ts";
import { writePointer } from "./json-pointer.ts";
import { plainText, shortText } from "./short-text.ts";
import { present, searchNames } from "./title-metadata.ts";

/** CSDL JSON (OData 4.01): members with a dollar are its own, those with an at are annotations. */
export function isOdataJson(root: PlainObject): boolean {
  return typeof ownValue(root, "$Version") === "string";
}

export function checkOdataJson(root: PlainObject): FormatCheck | { readonly unchecked: string } {
  const content = checkContent(root);
  if ("unchecked" in content) return content;
  const version = shortText(plainText(root["$Version"]), 50);
  const schemas = Object.entries(root).filter(([name]) => !/[$@]/.test(name));
  const findings: Finding[] = [];
  if (!/^4\.\d{1,2}$/.test(version)) {
    findings.push(found("error", "/$Version", 'It must be "4.0" or "4.01": older versions have no JSON.'));
  }
  if (schemas.length === 0) findings.push(found("error", "", "It must have at least one schema."));
  for (const [name, schema] of schemas) {
    if (!isPlainObject(schema))
      findings.push(found("error", writePointer([name]), "A schema must be an object."));
  }
  const metadata = schemasMetadata(schemas);
  return { format: "odata", version, metadata, findings: [...findings, ...content.findings] };
}

function schemasMetadata(schemas: readonly (readonly [string, unknown])[]): PlainObject {
  const members = schemas.flatMap(([, schema]) => (isPlainObject(schema) ? Object.entries(schema) : []));
  const ofKind = (...kinds: readonly string[]) =>
    members.filter(([, member]) => kinds.includes(kindOf(member)));
  const sets = ofKind("EntityContainer").flatMap(([, container]) =>
    Object.keys(container as PlainObject).filter((name) => !/[$@]/.test(name)),
  );
  return present({
    title: schemas[0] && shortText(schemas[0][0], 200),
    namespaces: names(schemas),
    entitySets: searchNames(sets),
    entityTypes: names(ofKind("EntityType")),
    operations: names(ofKind("Action", "Function")),
  });
}

function names(entries: readonly (readonly [string, unknown])[]): readonly string[] | undefined {
  return searchNames(entries.map(([name]) => name));
}

/** Actions and functions are lists, one element for each overload. */
function kindOf(member: unknown): string {
  const first: unknown = Array.isArray(member) ? member[0] : member;
  const kind = isPlainObject(first) ? ownValue(first, "$Kind") : undefined;
  return typeof kind === "string" ? kind : "";
}
