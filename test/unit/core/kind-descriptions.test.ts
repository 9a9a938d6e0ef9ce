import assert from "node:assert/strict";
import { test } from "node:test";
import { kinds } from "../../../src/core/resources/kinds.ts";
import { objectSchema } from "../../../src/core/resources/object-schema.ts";
import type { StructuralSchema } from "../../../src/core/resources/structural-schema.ts";

/** Paths of declared fields that say nothing of themselves. */
function silentFields(schema: StructuralSchema, path: string): string[] {
  const inner = [schema.items, schema.additionalProperties].flatMap((one) =>
    one ? silentFields(one, path) : [],
  );
  const properties = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const at = `${path}.${name}`;
    return [...(property.description ? [] : [at]), ...silentFields(property, at)];
  });
  return [...properties, ...inner];
}

test("kinds - every kind and every field of it says in a sentence what it is", () => {
  for (const kind of kinds) {
    assert.match(kind.description, /^[A-Z].*\.$/, kind.kind);
    const { apiVersion: _version, kind: _kind, metadata, ...own } = objectSchema(kind).properties ?? {};
    const silent = silentFields({ type: "object", properties: own }, kind.kind);
    assert.deepEqual(silent, []);
    if (metadata) assert.deepEqual(silentFields(metadata, "metadata"), []);
  }
});
