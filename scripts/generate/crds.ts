import { stringify } from "yaml";
import type { Column, Kind } from "../../src/core/resources/kind.ts";
import { resourceName } from "../../src/core/resources/kind.ts";
import { kinds } from "../../src/core/resources/kinds.ts";
import { structuralSchema } from "../../src/core/resources/structural-schema.ts";
import type { GeneratedFile } from "./generated-file.ts";

/** `deploy/crds/*.yaml`: what a cluster must know to keep the kinds that are not its own. */
export function customResourceDefinitions(): readonly GeneratedFile[] {
  return kinds.filter(({ custom }) => custom).map(definition);
}

function definition(kind: Kind): GeneratedFile {
  const text = stringify(definitionOf(kind), { lineWidth: 0, aliasDuplicateObjects: false });
  return {
    path: `deploy/crds/${kind.group}_${kind.plural}.yaml`,
    text: `# Generated from the kind's declaration by \`npm run generate\`.\n${text}`,
  };
}

function definitionOf(kind: Kind): object {
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: {
      name: resourceName(kind),
      // Whoever removes a chart keeps the Applications: with the definition all objects of the kind would go.
      annotations: { "helm.sh/resource-policy": "keep" },
    },
    spec: {
      group: kind.group,
      names: names(kind),
      scope: kind.scope,
      versions: [version(kind)],
    },
  };
}

function names({ kind, plural, singular, shortNames, categories }: Kind): object {
  return {
    kind,
    listKind: `${kind}List`,
    plural,
    singular,
    ...(shortNames.length === 0 ? {} : { shortNames }),
    ...(categories.length === 0 ? {} : { categories }),
  };
}

function version(kind: Kind): object {
  const columns = kind.columns.flatMap(printerColumn);
  return {
    name: kind.version,
    served: true,
    storage: true,
    ...(kind.statusSubresource ? { subresources: { status: {} } } : {}),
    additionalPrinterColumns: columns,
    schema: { openAPIV3Schema: objectSchema(kind) },
  };
}

/** Without the name, which every table begins with, and without what no path leads to, such as a count. */
function printerColumn({ name, type, description, priority, jsonPath }: Column<never>): readonly object[] {
  if (jsonPath === undefined) return [];
  const isTime = jsonPath === ".metadata.creationTimestamp";
  const important = priority === 0 ? {} : { priority };
  return [{ name, type: isTime ? "date" : type, description, ...important, jsonPath }];
}

function objectSchema(kind: Kind): object {
  const { type, required, properties, ...rest } = structuralSchema(kind.schema);
  return {
    type,
    description: kind.description,
    ...(required ? { required } : {}),
    properties: {
      apiVersion: { type: "string", description: "Group and version of the schema." },
      kind: { type: "string", description: "Kind of the object." },
      metadata: { type: "object" },
      ...properties,
    },
    ...rest,
  };
}
