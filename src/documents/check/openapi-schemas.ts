import { Validator } from "@seriousme/openapi-schema-validator";
import type { ValidateFunction } from "ajv";
import { SchemaCheck } from "./schema-check.ts";

/** What the validator has beyond its declared methods: the compiled schema of a version, without its own walk. */
interface CompilesSchemas {
  getAjvValidator(version: string): ValidateFunction;
}

const validators = {
  quick: new Validator() as unknown as CompilesSchemas,
  thorough: new Validator({ allErrors: true }) as unknown as CompilesSchemas,
};

const versionSchema = (version: string): SchemaCheck =>
  new SchemaCheck((thoroughness) => validators[thoroughness].getAjvValidator(version));

const schemas: ReadonlyMap<string, SchemaCheck> = new Map(
  ["2.0", "3.0", "3.1", "3.2"].map((version) => [version, versionSchema(version)]),
);

/** The schema of `2.0`, `3.0.4` and the like; undefined for versions that are not known. */
export function openApiSchema(version: string): SchemaCheck | undefined {
  const [, minor = "", patch] = /^(\d+\.\d+)(\.\d+)?(?:-[\w.]+)?$/.exec(version) ?? [];
  return minor === "2.0" && patch !== undefined ? undefined : schemas.get(minor);
}
