import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { parse } from "yaml";
import { customResourceDefinitions } from "../../../scripts/generate/crds.ts";
import { kinds } from "../../../src/core/resources/kinds.ts";

const root = join(import.meta.dirname, "../../..");
const directory = "deploy/crds";

interface Definition {
  readonly metadata: { readonly name: string; readonly annotations: Record<string, string> };
  readonly spec: {
    readonly scope: string;
    readonly names: { readonly kind: string; readonly listKind: string };
    readonly versions: [
      {
        readonly name: string;
        readonly subresources?: object;
        readonly additionalPrinterColumns: { readonly name: string; readonly jsonPath: string }[];
        readonly schema: { readonly openAPIV3Schema: Schema };
      },
    ];
  };
}

interface Schema {
  readonly type?: string;
  readonly properties?: Record<string, Schema>;
  readonly items?: Schema;
  readonly additionalProperties?: Schema;
}

test("CRDs - what is committed is what the kinds say now, and nothing else is there", () => {
  const generated = customResourceDefinitions();
  assert.deepEqual(
    readdirSync(join(root, directory)).toSorted(),
    generated.map(({ path }) => path.slice(directory.length + 1)).toSorted(),
  );
  for (const { path, text } of generated) assert.equal(readFileSync(join(root, path), "utf8"), text, path);
});

test("CRDs - each kind that is not a cluster's own has one, with the status subresource where it has that", () => {
  const definitions = customResourceDefinitions().map(({ text }) => parse(text) as Definition);
  const custom = kinds.filter((kind) => kind.custom);
  assert.equal(definitions.length, custom.length);
  for (const kind of custom) {
    const found = definitions.find(({ metadata }) => metadata.name === `${kind.plural}.${kind.group}`);
    assert(found, kind.kind);
    assert.equal(found.metadata.annotations["helm.sh/resource-policy"], "keep");
    const [version] = found.spec.versions;
    assert.deepEqual([found.spec.scope, version.name], [kind.scope, kind.version]);
    assert.equal(version.subresources !== undefined, kind.statusSubresource, kind.kind);
  }
});

test("CRDs - no schema has what a structural schema may not have", () => {
  for (const { path, text } of customResourceDefinitions()) {
    const [version] = (parse(text) as Definition).spec.versions;
    for (const schema of everySchema(version.schema.openAPIV3Schema)) {
      const known =
        /^(type|description|required|properties|items|additionalProperties|nullable|enum|pattern|format|default|minLength|maxLength|minimum|maximum)$/;
      assert.deepEqual(
        Object.keys(schema).filter((word) => !known.test(word)),
        [],
        path,
      );
      assert(schema.type, path);
    }
  }
});

test("CRDs - a printer column leads to a field that the schema has", () => {
  for (const { path, text } of customResourceDefinitions()) {
    const [version] = (parse(text) as Definition).spec.versions;
    for (const { name, jsonPath } of version.additionalPrinterColumns) {
      if (jsonPath === ".metadata.creationTimestamp") continue;
      const fields = jsonPath.slice(1).split(".");
      const at = fields.reduce<Schema | undefined>(
        (schema, field) => schema?.properties?.[field],
        version.schema.openAPIV3Schema,
      );
      assert(at, `${path}: ${name} at ${jsonPath}`);
    }
  }
});

function everySchema(schema: Schema): Schema[] {
  const inner = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  return [schema, ...inner.flatMap((one) => (one ? everySchema(one) : []))];
}
