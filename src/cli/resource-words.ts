import { usageError, type CommandError } from "./command-error.ts";

/** What a command is asked about: a word for a type, and a name where one object is meant. */
export interface ResourceWord {
  readonly type: string;
  readonly name?: string;
}

/** `applications`, `app orders shop`, `app/orders secret/x`, `app,secret`: as kubectl reads them. */
export function readResourceWords(words: readonly string[]): readonly ResourceWord[] {
  const [first, ...names] = words;
  if (first === undefined) throw nothingAsked();
  if (first.includes("/")) return words.map(readPair);
  if (names.some((name) => name.includes("/"))) {
    throw usageError("error: write either TYPE NAME … or TYPE/NAME …, not both");
  }
  const types = first.split(",").filter((type) => type !== "");
  if (types.length === 0) throw nothingAsked();
  if (names.includes("")) throw usageError("error: resource name may not be empty");
  return types.flatMap((type) => (names.length === 0 ? [{ type }] : names.map((name) => ({ type, name }))));
}

function nothingAsked(): CommandError {
  return usageError("error: say which resource: a type such as application");
}

function readPair(word: string): ResourceWord {
  const [type, name, ...rest] = word.split("/");
  if (!type || !name || rest.length > 0) throw usageError(`error: "${word}" is not TYPE/NAME`);
  return { type, name };
}
