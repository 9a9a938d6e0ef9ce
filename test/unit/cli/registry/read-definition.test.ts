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

test("definition - numbers that JavaScript would write in another way stay as they are written", async () => {
  const json = '{"a":1.0,"b":[1e400,-0,0.10,1E+2,123456789.123456789012],"c":1.5,"d":7,"e":{"f":-0.0}}';
  assert.equal(JSON.stringify(await read(json)), json);
  assert.equal(
    JSON.stringify(await read("a: 1.50\nb: 0o17\nc: .5\nd: +1.0\ne: &x 2.0\nf: *x\n")),
    '{"a":1.50,"b":15,"c":0.5,"d":1,"e":2.0,"f":2.0}',
  );
});

test("definition - what is no definition is told in one line", async () => {
  await assert.rejects(read("a: [\n"), /STDIN: Flow sequence.* at line 2, column 1$/);
  await assert.rejects(read("a: 1\n---\nb: 2\n"), /STDIN: there are several documents in it$/);
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
