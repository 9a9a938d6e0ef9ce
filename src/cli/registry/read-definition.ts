import { readFileSync } from "node:fs";
import type { Readable } from "node:stream";
import { parseDocument } from "yaml";
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
  const options = { prettyErrors: true, strict: true, stringKeys: true, intAsBigInt: true };
  const document = parseDocument(text, options);
  const [problem] = document.errors;
  if (problem) throw new CommandError(`error: ${source}: ${problem.message.split("\n", 1)[0]}`);
  try {
    return document.toJS({ maxAliasCount: 1000, reviver: exactNumber }) as unknown;
  } catch (error) {
    throw new CommandError(`error: ${source}: ${reasonOf(error)}`, { cause: error });
  }
}

/** The maximum of an int64, as many specifications have it, is no number of JavaScript: it stays as it is written. */
function exactNumber(_key: unknown, value: unknown): unknown {
  if (typeof value !== "bigint") return value;
  const number = Number(value);
  if (Number.isSafeInteger(number)) return number;
  return (JSON as JSON & { rawJSON(text: string): object }).rawJSON(String(value));
}
