import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { parseDocument, visit, type Document } from "yaml";
import { reasonOf } from "../../core/failures.ts";
import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import { CommandError } from "../command-error.ts";
import { readAll } from "../terminal.ts";

/** The object in a YAML or JSON file, or on standard input for `-`. What it must have the server says. */
export async function readDefinition(name: string, stdin: Readable): Promise<PlainObject> {
  const source = name === "-" ? "STDIN" : name;
  const text = name === "-" ? await readAll(stdin) : readText(name);
  const value = parse(text, source);
  if (isPlainObject(value)) return value;
  throw new CommandError(`error: ${source}: no object is in it`);
}

function readText(name: string): string {
  try {
    return readFileSync(name, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const problem = missing ? `the path "${name}" does not exist` : `${name}: ${reasonOf(error)}`;
    throw new CommandError(`error: ${problem}`, { cause: error });
  }
}

function parse(text: string, source: string): unknown {
  const document = parseDocument(text, {
    prettyErrors: true,
    strict: true,
    stringKeys: true,
    intAsBigInt: true,
  });
  const [problem] = document.errors;
  if (problem) throw new CommandError(`error: ${source}: ${problemText(problem)}`);
  keepNumbers(document);
  try {
    return document.toJS({ maxAliasCount: 1000 }) as unknown;
  } catch (error) {
    throw new CommandError(`error: ${source}: ${reasonOf(error)}`, { cause: error });
  }
}

/** One line of the parser's text, which goes on with a picture of the place. */
function problemText({ code, message }: { readonly code: string; readonly message: string }): string {
  if (code === "MULTIPLE_DOCS") return "there are several documents in it";
  return (message.split("\n", 1)[0] ?? "").replace(/:$/, "");
}

const JSON_NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[Ee][+-]?\d+)?$/;

/**
 * A number stays as it is written: 1.0, and the maximum of an int64, as many specifications have it, are others
 * in JavaScript.
 */
function keepNumbers(document: Document): void {
  visit(document, {
    Scalar(_key, node) {
      const { source = "", value } = node;
      if (typeof value !== "bigint" && typeof value !== "number") return;
      const text = JSON_NUMBER.test(source) ? source : String(value);
      const number = Number(text);
      if (String(number) === text || !JSON_NUMBER.test(text)) node.value = number;
      else node.value = (JSON as JSON & { rawJSON(text: string): object }).rawJSON(text);
    },
  });
}
