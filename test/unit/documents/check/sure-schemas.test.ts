import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { Validator } from "@seriousme/openapi-schema-validator";
import type { ValidateFunction } from "ajv";
import fc from "fast-check";
import { SureSchemas } from "../../../../src/documents/check/sure/sure-schemas.ts";
import type { SureSchema } from "../../../../src/documents/check/sure/sure-schema.ts";
import { anyChanges, changed } from "./changed-document.ts";
import { openApiSamples } from "./openapi-samples.ts";

const validators = new Validator() as unknown as { getAjvValidator(version: string): ValidateFunction };

function sureOf(version: string): SureSchema {
  const url = import.meta.resolve(`@seriousme/openapi-schema-validator/schemas/v${version}/schema.json`);
  const schema: unknown = JSON.parse(readFileSync(fileURLToPath(url), "utf8"));
  return new SureSchemas(schema).of(schema);
}

for (const [version, sample] of openApiSamples) {
  const sure = sureOf(version);
  const validate = validators.getAjvValidator(version);

  test(`sure schemas - a document of OpenAPI ${version} is known without the validator`, () => {
    assert.equal(validate(sample), true, JSON.stringify(validate.errors));
    assert.equal(sure.accepts(sample), true);
  });

  test(`sure schemas - what is accepted of OpenAPI ${version} is valid, whatever was changed`, () => {
    let accepted = 0;
    let refused = 0;
    fc.assert(
      fc.property(anyChanges, (changes) => {
        const document = changed(sample, changes);
        const isValid = validate(document);
        if (sure.accepts(document)) {
          accepted++;
          assert.ok(isValid, JSON.stringify(validate.errors));
        }
        if (sure.rejects(document)) assert.ok(!isValid);
        if (!isValid) refused++;
      }),
      { numRuns: 300 },
    );
    assert.ok(accepted > 0 && refused > 0);
  });
}
