import assert from "node:assert/strict";
import { Readable } from "node:stream";
import { test } from "node:test";
import { readDefinition } from "../../../../src/cli/registry/read-definition.ts";

const read = (text: string) => readDefinition("-", Readable.from([text]));

test("definition - YAML and JSON give the same, and integers of any size keep their digits", async () => {
  const yaml = await read("a: 9223372036854775807\nb: [1, -2, 0.5, 0x10]\nc: yes\nd: 2026-01-02\n");
  assert.equal(
    JSON.stringify(yaml),
    '{"a":9223372036854775807,"b":[1,-2,0.5,16],"c":"yes","d":"2026-01-02"}',
  );
  const json = '{"maximum":18446744073709551615,"minimum":-9223372036854775808,"nothing":null}';
  assert.equal(JSON.stringify(await read(json)), json);
});

test("definition - keys that stand twice, several documents and bombs of aliases are refused", async () => {
  const aliases = Array.from({ length: 12 }, (_, index) => {
    const inner = index === 0 ? "x" : `*a${index - 1}`;
    return `k${index}: &a${index} [${Array.from({ length: 10 }, () => inner).join(", ")}]`;
  });
  for (const text of ["a: 1\na: 2\n", "a: 1\n---\nb: 2\n", `${aliases.join("\n")}\n`]) {
    // eslint-disable-next-line no-await-in-loop -- three
    await assert.rejects(read(text), /^CommandError: error: STDIN: /, text);
  }
});
