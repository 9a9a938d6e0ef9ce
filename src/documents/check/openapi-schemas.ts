import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Validator } from "@seriousme/openapi-schema-validator";
import type { ValidateFunction } from "ajv";
import { SchemaCheck } from "./schema-check.ts";
import type { SureSchema } from "./sure/sure-schema.ts";
import { SureSchemas } from "./sure/sure-schemas.ts";

/** What the validator has beyond its declared methods: the compiled schema of a version, without its own walk. */
interface CompilesSchemas {
  getAjvValidator(version: string): ValidateFunction;
}

const validators = {
  quick: new Validator() as unknown as CompilesSchemas,
  thorough: new Validator({ allErrors: true }) as unknown as CompilesSchemas,
};

/** Of the validator: what both understand is the same. */
const files: Readonly<Record<string, () => string>> = {
  "2.0": () => import.meta.resolve("@seriousme/openapi-schema-validator/schemas/v2.0/schema.json"),
  "3.0": () => import.meta.resolve("@seriousme/openapi-schema-validator/schemas/v3.0/schema.json"),
  "3.1": () => import.meta.resolve("@seriousme/openapi-schema-validator/schemas/v3.1/schema.json"),
  "3.2": () => import.meta.resolve("@seriousme/openapi-schema-validator/schemas/v3.2/schema.json"),
};

const schemas: ReadonlyMap<string, SchemaCheck> = new Map(
  Object.entries(files).map(([version, file]) => [
    version,
    new SchemaCheck(
      (thoroughness) => validators[thoroughness].getAjvValidator(version),
      () => readSure(file()),
    ),
  ]),
);

function readSure(url: string): SureSchema {
  const schema: unknown = JSON.parse(readFileSync(fileURLToPath(url), "utf8"));
  return new SureSchemas(schema).of(schema);
}

/** The schema of `2.0`, `3.0.4` and the like; undefined for versions that are not known. */
export function openApiSchema(version: string): SchemaCheck | undefined {
  const [, minor = "", patch] = /^(\d+\.\d+)(\.\d+)?(?:-[\w.]+)?$/.exec(version) ?? [];
  return minor === "2.0" && patch !== undefined ? undefined : schemas.get(minor);
}
