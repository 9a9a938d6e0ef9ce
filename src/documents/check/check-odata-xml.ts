import { XMLParser, XMLValidator } from "fast-xml-parser";
import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import type { NewDocument } from "../document.ts";
import type { Finding } from "../finding.ts";
import type { FormatCheck } from "./format-check.ts";
import { found } from "./found.ts";
import { limits } from "./limits.ts";
import { shortText } from "./short-text.ts";
import { present, searchNames } from "./title-metadata.ts";
import { declaresDocumentType, rootElement } from "./xml-prolog.ts";

const ATTRIBUTE = "@";

/** Every element a list, so that one and many look alike; entities stay as they are written. */
const parser = new XMLParser({
  processEntities: false,
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE,
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: limits.elements,
  isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
});

/**
 * The metadata document of OData V2, V3 and V4 (CSDL XML), or XML that is something else, such as the page of a
 * server in place of a specification.
 */
export function checkOdataXml(text: string, { type, fileName }: NewDocument): FormatCheck {
  const isOdata = rootElement(text) === "Edmx";
  const format = isOdata || type === "odata" ? "odata" : "unknown";
  const checked = { format, version: "", metadata: {} } as const;
  const broken = syntaxError(text);
  if (broken) {
    const claimed = format === "odata" || /\.(?:xml|edmx)$/i.test(fileName);
    return { ...checked, findings: [claimed ? broken : { ...broken, severity: "info" }] };
  }
  if (!isOdata) return { ...checked, findings: type === "odata" ? [NO_EDMX] : [] };
  try {
    return { ...checked, ...checkEdmx(parser.parse(text) as PlainObject) };
  } catch {
    return { ...checked, findings: [found("error", "", "The XML cannot be read: it nests too deeply.")] };
  }
}

const NO_EDMX = found("error", "", "The root element of an OData metadata document must be edmx:Edmx.");

function syntaxError(text: string): Finding | undefined {
  if (declaresDocumentType(text)) {
    return found("error", "", "The XML has a DOCTYPE, which is refused: it can declare entities.");
  }
  // Its successor is a package of its own; the parser by itself takes XML that is not well formed.
  // oxlint-disable-next-line typescript/no-deprecated
  const result = XMLValidator.validate(text);
  if (result === true) return undefined;
  const { line } = result.err;
  // The validator's own messages quote names of the document, as a finding may.
  return { ...found("error", "", `The text is not XML: ${result.err.msg}`), line };
}

function checkEdmx(parsed: PlainObject): Pick<FormatCheck, "version" | "metadata" | "findings"> {
  const edmx = children(parsed, "Edmx")[0] ?? {};
  const services = children(edmx, "DataServices");
  const schemas = services.flatMap((service) => children(service, "Schema"));
  const version = versionOf(edmx, services[0]);
  const findings: Finding[] = [];
  if (services.length === 0) findings.push(found("error", "/Edmx", "It must have an element DataServices."));
  else if (schemas.length === 0) {
    findings.push(found("error", "/Edmx/DataServices", "It must have at least one element Schema."));
  }
  if (version === "") findings.push(found("error", "/Edmx", "It must have an attribute Version."));
  schemas.forEach((schema, index) => {
    if (attribute(schema, "Namespace") !== undefined) return;
    const path = `/Edmx/DataServices/Schema/${index}`;
    findings.push(found("error", path, "It must have an attribute Namespace."));
  });
  return { version, findings, metadata: edmxMetadata(schemas) };
}

/** V2 and V3 say `1.0` of the wrapper and their own version of the services. */
function versionOf(edmx: PlainObject, services: PlainObject | undefined): string {
  const version = services && attribute(services, "DataServiceVersion");
  return shortText(version ?? attribute(edmx, "Version") ?? "", 50);
}

function edmxMetadata(schemas: readonly PlainObject[]): PlainObject {
  const inSchemas = (...names: readonly string[]) =>
    schemas.flatMap((schema) => names.flatMap((name) => children(schema, name)));
  const containers = inSchemas("EntityContainer");
  const inContainers = (...names: readonly string[]) =>
    containers.flatMap((container) => names.flatMap((name) => children(container, name)));
  const namespaces = schemas.map((schema) => attribute(schema, "Namespace"));
  return present({
    title: namespaces[0] === undefined ? undefined : shortText(namespaces[0], 200),
    namespaces: searchNames(namespaces),
    entitySets: named(inContainers("EntitySet", "Singleton")),
    entityTypes: named(inSchemas("EntityType")),
    operations: named([...inSchemas("Action", "Function"), ...inContainers("FunctionImport")]),
  });
}

function named(elements: readonly PlainObject[]): readonly string[] | undefined {
  return searchNames(elements.map((element) => attribute(element, "Name")));
}

/** An element without attributes and children is read as an empty text. */
function children(element: PlainObject, name: string): readonly PlainObject[] {
  const value = ownValue(element, name);
  return Array.isArray(value) ? value.map((child: unknown) => (isPlainObject(child) ? child : {})) : [];
}

function attribute(element: PlainObject, name: string): string | undefined {
  const value = ownValue(element, `${ATTRIBUTE}${name}`);
  return typeof value === "string" ? value : undefined;
}
