import { isMap, isScalar, isSeq, LineCounter, parseDocument, visit, type Document } from "yaml";
import type { Finding } from "../finding.ts";
import { found } from "./found.ts";
import { readPointer } from "./json-pointer.ts";
import { limits } from "./limits.ts";
import type { ParsedDocument } from "./parsed-document.ts";
import { yamlMarks } from "./text-structure.ts";

/** One document of YAML 1.2. Keys may stand twice (a finding): comparing each with each is quadratic. */
export function parseYaml(text: string): ParsedDocument {
  if (text.length > limits.yaml) {
    return { kind: "unchecked", reason: `YAML of more than ${limits.yaml} characters is not read` };
  }
  if (yamlMarks(text) > limits.yamlMarks) {
    return { kind: "unchecked", reason: `it has more than ${limits.yamlMarks} lines and values` };
  }
  const lines = new LineCounter();
  try {
    return read(text, lines);
  } catch (error) {
    // A stack that ends is a RangeError, too many aliases are a ReferenceError.
    const reason =
      error instanceof ReferenceError
        ? `its aliases stand for more than ${limits.aliases} copies`
        : "it nests too deeply";
    return { kind: "unchecked", reason };
  }
}

function read(text: string, lineCounter: LineCounter): ParsedDocument {
  const document = parseDocument(text, {
    lineCounter,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: "silent",
  });
  const lineAt = (offset: number) => lineCounter.linePos(offset).line;
  const [error] = document.errors;
  if (error?.code === "RESOURCE_EXHAUSTION") return { kind: "unchecked", reason: "it nests too deeply" };
  if (error) return { kind: "broken", finding: syntaxError(error.code, lineAt(error.pos[0])) };
  const value: unknown = document.toJS({ maxAliasCount: limits.aliases });
  return {
    kind: "data",
    syntax: "yaml",
    value,
    findings: duplicateKeys(document, lineAt),
    locate: (pointers) => {
      const places = new Map<string, number>();
      for (const pointer of pointers) {
        const offset = offsetOf(document, readPointer(pointer));
        if (offset !== undefined) places.set(pointer, lineAt(offset));
      }
      return places;
    },
  };
}

/** The parser's own messages may quote the text. */
function syntaxError(code: string, line: number): Finding {
  const words = code.replace(/_/g, " ").toLowerCase();
  return { severity: "error", path: "", line, message: `The text is not YAML: ${words}.` };
}

function duplicateKeys(document: Document.Parsed, lineAt: (offset: number) => number): readonly Finding[] {
  const findings: Finding[] = [];
  visit(document, {
    Map: (_key, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!isScalar(key)) continue;
        const name = String(key.value);
        if (keys.has(name)) {
          const line = key.range ? lineAt(key.range[0]) : undefined;
          findings.push({
            ...found("warning", "", `The key "${name}" stands twice; the last one counts.`),
            line,
          });
        }
        keys.add(name);
      }
      return findings.length > limits.findings ? visit.BREAK : undefined;
    },
  });
  return findings;
}

/** Where the key of a value stands, or the value in a list. Keys compare as texts: `200:` is a number here. */
function offsetOf(document: Document.Parsed, steps: readonly string[]): number | undefined {
  let node: unknown = document.contents;
  let offset = document.contents?.range[0];
  for (const step of steps) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === step);
      offset = isScalar(pair?.key) ? pair.key.range?.[0] : undefined;
      node = pair?.value;
    } else if (isSeq(node)) {
      node = node.items[Number(step)];
      offset = (node as { range?: readonly number[] } | undefined)?.range?.[0];
    } else return undefined;
  }
  return offset;
}
