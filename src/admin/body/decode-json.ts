import { printParseErrorCode, visit, type ParseErrorCode } from "jsonc-parser";
import { pathText } from "./path-text.ts";
import { DEEPEST, MOST_STRAY, textOf, UnreadableBody, type DecodedBody } from "./decoded-body.ts";
import { jsonDepth } from "./json-depth.ts";

/** JSON bytes → value and duplicate keys; throws UnreadableBody. Keys such as `__proto__` are data. */
export function decodeJson(bytes: Uint8Array): DecodedBody {
  if (jsonDepth(bytes) > DEEPEST) throw new UnreadableBody(`exceeded max depth of ${DEEPEST}`);
  const text = textOf(bytes);
  return { value: parse(text), duplicates: duplicateKeys(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // The engine's own message quotes the text around the error.
    throw new UnreadableBody(`json parse error: ${firstError(text)}`);
  }
}

const STRICT = { disallowComments: true, allowTrailingComma: false };

function firstError(text: string): string {
  let found: string | undefined;
  const onError = (code: ParseErrorCode, offset: number) => {
    found ??= `${printParseErrorCode(code)} at character ${offset}`;
  };
  visit(text, { onError }, STRICT);
  return found ?? "unexpected end of JSON input";
}

function duplicateKeys(text: string): string[] {
  const duplicates: string[] = [];
  const open: Set<string>[] = [];
  visit(
    text,
    {
      onObjectBegin: () => void open.push(new Set()),
      onObjectEnd: () => void open.pop(),
      // The position comes as offset, length, line and character; the path only when it is asked for.
      onObjectProperty(key, ...[, , , , path]) {
        const keys = open.at(-1);
        if (keys?.has(key) && duplicates.length < MOST_STRAY) duplicates.push(pathText([...path(), key]));
        keys?.add(key);
      },
    },
    STRICT,
  );
  return duplicates;
}
