import { printParseErrorCode, visit, type ParseErrorCode } from "jsonc-parser";
import type { Finding } from "../finding.ts";
import { writePointer } from "./json-pointer.ts";
import { isOpenApi } from "./is-openapi.ts";
import { limits } from "./limits.ts";
import type { Locate, ParsedDocument } from "./parsed-document.ts";
import { jsonStructure } from "./text-structure.ts";

const STRICT = { disallowComments: true, allowTrailingComma: false };

export function parseJson(text: string): ParsedDocument {
  // A short one cannot have many values, and how deep they nest is seen when an OpenAPI document is looked into.
  const isShort = text.length < limits.values;
  const unchecked = isShort ? undefined : tooMuch(text);
  if (unchecked) return unchecked;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return (isShort ? tooMuch(text) : undefined) ?? { kind: "broken", finding: firstError(text) };
  }
  const isMeasured = !isShort || isOpenApi(value);
  const data = { kind: "data", syntax: "json", value, locate: locateIn(text), findings: [] } as const;
  return isMeasured ? data : (tooMuch(text) ?? data);
}

function tooMuch(text: string): ParsedDocument | undefined {
  const { depth, values } = jsonStructure(text);
  if (depth > limits.depth)
    return { kind: "unchecked", reason: `it nests deeper than ${limits.depth} levels` };
  if (values > limits.values)
    return { kind: "unchecked", reason: `it has more than ${limits.values} values` };
  return undefined;
}

/** With its place; the engine's own message quotes the text around the error. */
function firstError(text: string): Finding {
  let first: { readonly code: ParseErrorCode; readonly line: number } | undefined;
  visit(
    text,
    {
      onError: (code, ...[, , line]) => {
        first ??= { code, line: line + 1 };
      },
    },
    STRICT,
  );
  const name = first ? printParseErrorCode(first.code) : "InvalidText";
  const words = name.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase();
  return { severity: "error", path: "", line: first?.line, message: `The text is not JSON: ${words}.` };
}

type Place = readonly [
  offset: number,
  length: number,
  line: number,
  character: number,
  path: () => (string | number)[],
];

/** Reads the text again, which only documents with findings cost. */
function locateIn(text: string): Locate {
  return (pointers) => {
    const lines = new Map<string, number>();
    const note = (...[, , line, , path]: Place) => {
      const pointer = writePointer(path());
      if (pointers.has(pointer) && !lines.has(pointer)) lines.set(pointer, line + 1);
    };
    visit(text, {
      onObjectBegin: note,
      onArrayBegin: note,
      onLiteralValue: (_value, ...place) => note(...place),
    });
    return lines;
  };
}
