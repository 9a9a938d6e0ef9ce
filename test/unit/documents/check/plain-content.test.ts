import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkEachPlace } from "../../../../src/documents/check/check-content.ts";
import { countPlainValues } from "../../../../src/documents/check/plain-content.ts";
import { anyChanges, changed } from "./changed-document.ts";
import { openApiSamples } from "./openapi-samples.ts";

test("plain content - nothing is to be said of documents that are in order", () => {
  for (const sample of openApiSamples.values()) assert.ok((countPlainValues(sample) ?? 0) > 100);
});

test("plain content - where nothing is to be said, a look at each place finds nothing either", () => {
  const seen = { plain: 0, other: 0 };
  fc.assert(
    fc.property(fc.constantFrom(...openApiSamples.values()), anyChanges, (sample, changes) => {
      const document = changed(sample, changes);
      const values = countPlainValues(document);
      if (values === undefined) seen.other++;
      else {
        seen.plain++;
        assert.deepEqual(checkEachPlace(document), { findings: [], values });
      }
    }),
    { numRuns: 500 },
  );
  assert.ok(seen.plain > 0 && seen.other > 0);
});

for (const [what, content] of Object.entries({
  "active content": { paths: { "/": { description: "<script>alert(1)</script>" } } },
  "a link that runs": { summary: "[click](javascript:alert(1))" },
  "a reference that leads nowhere": { schema: { $ref: "#/nowhere" } },
  "a reference to elsewhere": { schema: { $ref: "other.json" } },
  "an anchor": { schema: { $anchor: "here" } },
  "a key that misleads": { example: JSON.parse('{"__proto__": 1}') as unknown },
  "a text under such a key": { example: JSON.parse('{"__proto__": "x"}') as unknown },
})) {
  test(`plain content - ${what} is looked at with its place`, () => {
    assert.equal(countPlainValues(content), undefined);
  });
}
