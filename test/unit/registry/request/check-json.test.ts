import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { checkJson, DEEPEST_NESTING } from "../../../../src/registry/request/check-json.ts";
import { UnreadableDefinition } from "../../../../src/registry/request/unreadable-definition.ts";

/** Undefined for a text that is JSON. */
function problemOf(text: string): string | undefined {
  try {
    checkJson(text);
  } catch (error) {
    assert.ok(error instanceof UnreadableDefinition);
    return error.message;
  }
  return undefined;
}

const EARLY_END = "unexpected end of JSON input";

/** Text and what Go's decoder says of it. */
const BROKEN: readonly (readonly [string, string])[] = [
  ["", EARLY_END],
  [" \t\r\n", EARLY_END],
  ["{", EARLY_END],
  ['{"a"', EARLY_END],
  ['{"a":', EARLY_END],
  ['{"a":1', EARLY_END],
  ['{"a":1,', EARLY_END],
  ["[", EARLY_END],
  ["[1", EARLY_END],
  ["[1,", EARLY_END],
  ['"', EARLY_END],
  ['"a', EARLY_END],
  // Go's scanner takes the end for a space, which is an error of its own where none may stand.
  ['"\\', "invalid character ' ' in string escape code"],
  ['"\\u00', "invalid character ' ' in \\u hexadecimal character escape"],
  ["tru", "invalid character ' ' in literal true (expecting 'e')"],
  ["-", "invalid character ' ' in numeric literal"],
  ["1.", "invalid character ' ' after decimal point in numeric literal"],
  ["1e", "invalid character ' ' in exponent of numeric literal"],
  ["1e+", "invalid character ' ' in exponent of numeric literal"],
  ["x", "invalid character 'x' looking for beginning of value"],
  ["\uFEFF{}", "invalid character 'ï' looking for beginning of value"],
  ["[1,]", "invalid character ']' looking for beginning of value"],
  ["[,1]", "invalid character ',' looking for beginning of value"],
  ["\u00A01", "invalid character 'Â' looking for beginning of value"],
  ["'a'", "invalid character '\\'' looking for beginning of value"],
  ["+1", "invalid character '+' looking for beginning of value"],
  ["/* */1", "invalid character '/' looking for beginning of value"],
  ["NaN", "invalid character 'N' looking for beginning of value"],
  ["{a:1}", "invalid character 'a' looking for beginning of object key string"],
  ["{,}", "invalid character ',' looking for beginning of object key string"],
  ['{"a":1,}', "invalid character '}' looking for beginning of object key string"],
  ['{"a" 1}', "invalid character '1' after object key"],
  ['{"a":1 "b":2}', "invalid character '\"' after object key:value pair"],
  ['{"a":1]', "invalid character ']' after object key:value pair"],
  ["[1 2]", "invalid character '2' after array element"],
  ["[1}", "invalid character '}' after array element"],
  ["{} {}", "invalid character '{' after top-level value"],
  ["1 x", "invalid character 'x' after top-level value"],
  ["01", "invalid character '1' after top-level value"],
  ["[01]", "invalid character '1' after array element"],
  ["}", "invalid character '}' looking for beginning of value"],
  ["[]]", "invalid character ']' after top-level value"],
  ['"a\nb"', "invalid character '\\n' in string literal"],
  ['"\u0000"', "invalid character '\\x00' in string literal"],
  ['"\u001f"', "invalid character '\\x1f' in string literal"],
  ['"\\x"', "invalid character 'x' in string escape code"],
  ['"\\\u{1F600}"', "invalid character 'ð' in string escape code"],
  ['"\\u12g4"', "invalid character 'g' in \\u hexadecimal character escape"],
  ['"\\u123"', "invalid character '\"' in \\u hexadecimal character escape"],
  ["-a", "invalid character 'a' in numeric literal"],
  ["-\u007f", "invalid character '\u005cx7f' in numeric literal"],
  ["1.e", "invalid character 'e' after decimal point in numeric literal"],
  ["1ex", "invalid character 'x' in exponent of numeric literal"],
  ["1e\\", "invalid character '\\\\' in exponent of numeric literal"],
  ["trux", "invalid character 'x' in literal true (expecting 'e')"],
  ["fa se", "invalid character ' ' in literal false (expecting 'l')"],
  ["nil", "invalid character 'i' in literal null (expecting 'u')"],
  ["[true,nulL]", "invalid character 'L' in literal null (expecting 'l')"],
];

test("JSON check - a broken text is told in the words of Go's decoder", () => {
  for (const [text, expected] of BROKEN) assert.equal(problemOf(text), expected, JSON.stringify(text));
});

test("JSON check - what is JSON passes, however it is written", () => {
  const correct = [
    " null ",
    "\t{\r\n} ",
    "[ ]",
    '{"a":{"a":[[],{},[1,2 , 3]]},"a":""}',
    "[-0,-0.0,0e0,1E-9,1e+400,12345678901234567890,1.50]",
    '["\\"\\\\\\/\\b\\f\\n\\r\\t\\u00Af","\u007f\u2028é😀"]',
    "[true,false,null]",
  ];
  for (const text of correct) assert.equal(problemOf(text), undefined, text);
});

test("JSON check - a text nests as deep as in Go and no deeper, and no depth overflows the stack", () => {
  const nested = (depth: number) => "[".repeat(depth) + "]".repeat(depth);
  assert.equal(problemOf(nested(DEEPEST_NESTING)), undefined);
  assert.equal(problemOf(nested(DEEPEST_NESTING + 1)), "invalid character '[' exceeded max depth");
  assert.equal(problemOf("[".repeat(3_000_000)), "invalid character '[' exceeded max depth");
  assert.equal(problemOf('{"a":'.repeat(1_000_000)), "invalid character '{' exceeded max depth");
  assert.equal(problemOf("[[],".repeat(DEEPEST_NESTING - 1)), EARLY_END);
});

const pieces = [
  ...'[]{},:" \n\\-+.eE0189tfnu/ab',
  ...[
    "true",
    "false",
    "null",
    '"a"',
    '"a":',
    "1.5",
    "-1e3",
    "[]",
    "{}",
    "\\u00e9",
    "\u0000",
    "\uFEFF",
    "é",
    "😀",
  ],
];

test("JSON check - a text passes exactly where the engine's parser reads it", () => {
  const anyPieces = fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(""));
  const damaged = fc
    .tuple(fc.json(), fc.nat(), fc.constantFrom(...pieces, ""))
    .map(([text, offset, piece]) => {
      const at = offset % (text.length + 1);
      return text.slice(0, at) + piece + text.slice(at + 1);
    });
  const isRead = (text: string) => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };
  const property = fc.property(fc.oneof(anyPieces, damaged, fc.json()), (text) => {
    assert.equal(problemOf(text) === undefined, isRead(text), text);
  });
  fc.assert(property, { numRuns: 5000 });
});
