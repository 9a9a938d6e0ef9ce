import { apiVersionOf, type Kind } from "../../core/resources/kind.ts";
import { metadataSchema } from "../../core/resources/object-schema.ts";
import { structuralSchema, type StructuralSchema } from "../../core/resources/structural-schema.ts";
import { collectionVerbs } from "../verbs/served-verbs.ts";
import { rootOf } from "./root-of.ts";

const OBJECT_META = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

/**
 * The OpenAPI 3.0 document of one group and version: what kubectl reads of such documents, and no more
 * (admin-api spec §5). `kinds` are those of that version, at least one.
 */
export function openApiDocument(kinds: readonly Kind[]): object {
  const [first] = kinds;
  return {
    openapi: "3.0.0",
    info: { title: "Application Connector", version: first ? apiVersionOf(first) : "" },
    paths: Object.fromEntries(
      kinds.filter(isPatched).map((kind) => [itemPath(kind), { patch: patchOperation(kind) }]),
    ),
    components: {
      schemas: {
        ...Object.fromEntries(kinds.map((kind) => [schemaName(kind), objectSchema(kind)])),
        [OBJECT_META]: {
          description: "What every object has: its name, labels and annotations, and what the server notes.",
          ...metadataSchema,
        },
      },
    },
  };
}

function isPatched(kind: Kind): boolean {
  return collectionVerbs(kind).includes("patch");
}

function itemPath(kind: Kind): string {
  const place = kind.scope === "Namespaced" ? "/namespaces/{namespace}" : "";
  return `${rootOf(kind)}${place}/${kind.plural}/{name}`;
}

/**
 * kubectl leaves the check of fields to a server whose patch takes `fieldValidation`. A strategic merge among the
 * bodies would make it compute patches from the schema; without it, it goes by what it knows of the core kinds.
 */
function patchOperation(kind: Kind): object {
  const names = ["dryRun", "fieldManager", "fieldValidation", "force"];
  return {
    parameters: names.map((name) => ({
      name,
      in: "query",
      schema: { type: name === "force" ? "boolean" : "string" },
    })),
    responses: { "200": { description: "OK" } },
    "x-kubernetes-action": "patch",
    "x-kubernetes-group-version-kind": groupVersionKind(kind),
  };
}

function groupVersionKind({ group, version, kind }: Kind) {
  return { group, version, kind };
}

/** `io.kyma-project.applicationconnector.v1alpha1.Application`, `io.k8s.api.core.v1.Secret`. */
function schemaName({ group, version, kind }: Kind): string {
  const place = group === "" ? "io.k8s.api.core" : group.split(".").toReversed().join(".");
  return `${place}.${version}.${kind}`;
}

function objectSchema(kind: Kind): StructuralSchema | object {
  const own = structuralSchema(kind.schema);
  return {
    ...own,
    description: kind.description,
    properties: {
      apiVersion: { type: "string", description: `Group and version of the schema: ${apiVersionOf(kind)}.` },
      kind: { type: "string", description: `Kind of the object: ${kind.kind}.` },
      metadata: {
        description: "Standard metadata of an object.",
        allOf: [{ $ref: `#/components/schemas/${OBJECT_META}` }],
      },
      ...own.properties,
    },
    "x-kubernetes-group-version-kind": [groupVersionKind(kind)],
  };
}
