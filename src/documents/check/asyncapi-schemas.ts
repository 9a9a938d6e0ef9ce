import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv, type AnySchemaObject } from "ajv";
import formats from "ajv-formats";
import { isPlainObject } from "../../core/plain-object.ts";
import { SchemaCheck } from "./schema-check.ts";

/** Each file by itself: the door of the package reads all versions, 3 MB of which most are never needed. */
const files: Readonly<Record<string, () => string>> = {
  "2.0.0": () => import.meta.resolve("@asyncapi/specs/schemas/2.0.0.json"),
  "2.1.0": () => import.meta.resolve("@asyncapi/specs/schemas/2.1.0.json"),
  "2.2.0": () => import.meta.resolve("@asyncapi/specs/schemas/2.2.0.json"),
  "2.3.0": () => import.meta.resolve("@asyncapi/specs/schemas/2.3.0.json"),
  "2.4.0": () => import.meta.resolve("@asyncapi/specs/schemas/2.4.0.json"),
  "2.5.0": () => import.meta.resolve("@asyncapi/specs/schemas/2.5.0.json"),
  "2.6.0": () => import.meta.resolve("@asyncapi/specs/schemas/2.6.0.json"),
  "3.0.0": () => import.meta.resolve("@asyncapi/specs/schemas/3.0.0.json"),
  "3.1.0": () => import.meta.resolve("@asyncapi/specs/schemas/3.1.0.json"),
};

const schemas: ReadonlyMap<string, SchemaCheck> = new Map(
  Object.entries(files).map(([version, file]) => [
    version,
    new SchemaCheck((thoroughness) => {
      const ajv = new Ajv({
        allErrors: thoroughness === "thorough",
        strict: false,
        validateSchema: false,
        logger: false,
      });
      formats.default(ajv);
      return ajv.compile(readSchema(file()));
    }),
  ]),
);

export function asyncApiSchema(version: string): SchemaCheck | undefined {
  return schemas.get(version);
}

function readSchema(url: string): AnySchemaObject {
  const schema = JSON.parse(readFileSync(fileURLToPath(url), "utf8")) as AnySchemaObject;
  const definitions: unknown = schema["definitions"];
  if (!isPlainObject(definitions)) return schema;
  // They carry the schema of schemas too, which the validator has already and refuses to have twice.
  const own = Object.entries(definitions).filter(([name]) => !name.includes("//json-schema.org/"));
  return { ...schema, definitions: Object.fromEntries(own) };
}
