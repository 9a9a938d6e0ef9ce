import type { PlainObject } from "../../core/plain-object.ts";
import type { NewDocument } from "../document.ts";
import type { Finding } from "../finding.ts";
import type { FormatCheck } from "./format-check.ts";
import { found } from "./found.ts";
import { KEPT_AS_IT_IS } from "./kept-as-it-is.ts";
import { shortText } from "./short-text.ts";
import { present, searchNames } from "./title-metadata.ts";
import { rootElement } from "./xml-prolog.ts";
import { xmlSyntaxError } from "./xml-syntax.ts";
import { attributeOf, childrenOf, readXmlTree } from "./xml-tree.ts";

/**
 * The metadata document of OData V2, V3 and V4 (CSDL XML), or XML that is something else, such as the page of a
 * server in place of a specification.
 */
export function checkOdataXml(text: string, { type, fileName }: NewDocument): FormatCheck {
  const isOdata = rootElement(text) === "Edmx";
  const format = isOdata || type === "odata" ? "odata" : "unknown";
  const checked = { format, version: "", metadata: {} } as const;
  const broken = xmlSyntaxError(text);
  if (broken) {
    const claimed = format === "odata" || /\.(?:xml|edmx)$/i.test(fileName);
    return { ...checked, findings: [claimed ? broken : { ...broken, severity: "info" }] };
  }
  if (!isOdata) return { ...checked, findings: foreign(type) };
  try {
    return { ...checked, ...checkEdmx(readXmlTree(text)) };
  } catch {
    return { ...checked, findings: [found("error", "", "The XML cannot be read: it nests too deeply.")] };
  }
}

const NO_EDMX = found("error", "", "The root element of an OData metadata document must be edmx:Edmx.");

/** XML that is something else, or the page of a server. */
function foreign(type: NewDocument["type"]): readonly Finding[] {
  if (type === "odata") return [NO_EDMX];
  return type === "docs" ? [] : [KEPT_AS_IT_IS];
}

function checkEdmx(parsed: PlainObject): Pick<FormatCheck, "version" | "metadata" | "findings"> {
  const edmx = childrenOf(parsed, "Edmx")[0] ?? {};
  const services = childrenOf(edmx, "DataServices");
  const schemas = services.flatMap((service) => childrenOf(service, "Schema"));
  const version = versionOf(edmx, services[0]);
  const findings: Finding[] = [];
  if (services.length === 0) findings.push(found("error", "/Edmx", "It must have an element DataServices."));
  else if (schemas.length === 0) {
    findings.push(found("error", "/Edmx/DataServices", "It must have at least one element Schema."));
  }
  if (version === "") findings.push(found("error", "/Edmx", "It must have an attribute Version."));
  schemas.forEach((schema, index) => {
    if (attributeOf(schema, "Namespace") !== undefined) return;
    const path = `/Edmx/DataServices/Schema/${index}`;
    findings.push(found("error", path, "It must have an attribute Namespace."));
  });
  return { version, findings, metadata: edmxMetadata(schemas) };
}

/** V2 and V3 say `1.0` of the wrapper and their own version of the services. */
function versionOf(edmx: PlainObject, services: PlainObject | undefined): string {
  const version = services && attributeOf(services, "DataServiceVersion");
  return shortText(version ?? attributeOf(edmx, "Version") ?? "", 50);
}

function edmxMetadata(schemas: readonly PlainObject[]): PlainObject {
  const inSchemas = (...names: readonly string[]) =>
    schemas.flatMap((schema) => names.flatMap((name) => childrenOf(schema, name)));
  const containers = inSchemas("EntityContainer");
  const inContainers = (...names: readonly string[]) =>
    containers.flatMap((container) => names.flatMap((name) => childrenOf(container, name)));
  const namespaces = schemas.map((schema) => attributeOf(schema, "Namespace"));
  return present({
    title: namespaces[0] === undefined ? undefined : shortText(namespaces[0], 200),
    namespaces: searchNames(namespaces),
    entitySets: named(inContainers("EntitySet", "Singleton")),
    entityTypes: named(inSchemas("EntityType")),
    operations: named([...inSchemas("Action", "Function"), ...inContainers("FunctionImport")]),
  });
}

function named(elements: readonly PlainObject[]): readonly string[] | undefined {
  return searchNames(elements.map((element) => attributeOf(element, "Name")));
}
