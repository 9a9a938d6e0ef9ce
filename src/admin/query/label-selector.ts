import { labelValueProblems, qualifiedNameProblems } from "../../core/resources/name-rules.ts";
import type { LabelRequirement } from "../../stores/store.ts";
import { badRequest, type AdminFailure } from "../admin-failure.ts";

/**
 * A label selector, read as kubectl writes it (admin-api spec §10): `a=b`, `a==b`, `a!=b`, `a in (x,y)`,
 * `a notin (x,y)`, `a`, `!a`, `a>5`, `a<5`, separated by commas. Throws a 400 for anything else.
 */
export function parseLabelSelector(text: string): LabelRequirement[] {
  const reader = new Reader(text);
  const requirements: LabelRequirement[] = [];
  if (reader.atEnd()) return requirements;
  do requirements.push(requirement(reader));
  while (reader.take(","));
  if (!reader.atEnd()) throw reader.unexpected("',' or the end");
  return requirements;
}

function requirement(reader: Reader): LabelRequirement {
  const negated = reader.take("!");
  const key = checked(reader.word("a label key"), qualifiedNameProblems);
  if (negated) return { key, operator: "!exists", values: [] };
  for (const [sign, operator] of SIGNS) {
    if (reader.take(sign)) return { key, operator, values: [value(reader, operator)] };
  }
  if (reader.takeWord("in")) return { key, operator: "in", values: list(reader) };
  if (reader.takeWord("notin")) return { key, operator: "notin", values: list(reader) };
  return { key, operator: "exists", values: [] };
}

// Longer signs first: `==` begins with `=`.
const SIGNS = [
  ["==", "="],
  ["!=", "!="],
  ["=", "="],
  [">", ">"],
  ["<", "<"],
] as const;

function value(reader: Reader, operator: LabelRequirement["operator"]): string {
  const text = reader.optionalWord();
  if ((operator === ">" || operator === "<") && !/^-?\d+$/.test(text)) {
    throw refusal(`values must be integers for ${operator}`);
  }
  return checked(text, labelValueProblems);
}

function list(reader: Reader): string[] {
  if (!reader.take("(")) throw reader.unexpected("'('");
  const values: string[] = [];
  do values.push(checked(reader.optionalWord(), labelValueProblems));
  while (reader.take(","));
  if (!reader.take(")")) throw reader.unexpected("',' or ')'");
  return values;
}

function checked(text: string, problems: (text: string) => string[]): string {
  const [problem] = problems(text);
  if (problem !== undefined) throw refusal(`Invalid value: ${JSON.stringify(text)}: ${problem}`);
  return text;
}

function refusal(problem: string): AdminFailure {
  return badRequest(`unable to parse requirement: ${problem}`);
}

const WORD = /[^\s,()=!<>]+/y;
const SPACE = /\s*/y;

class Reader {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
    this.#match(SPACE);
  }

  atEnd(): boolean {
    return this.#at === this.#text.length;
  }

  take(sign: string): boolean {
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    this.#match(SPACE);
    return true;
  }

  takeWord(word: string): boolean {
    const start = this.#at;
    if (this.optionalWord() === word) return true;
    this.#at = start;
    return false;
  }

  optionalWord(): string {
    const word = this.#match(WORD);
    this.#match(SPACE);
    return word;
  }

  word(expected: string): string {
    const word = this.optionalWord();
    if (word === "") throw this.unexpected(expected);
    return word;
  }

  unexpected(expected: string): AdminFailure {
    const found = this.atEnd() ? "end of string" : JSON.stringify(this.#text.slice(this.#at, this.#at + 32));
    return refusal(`found ${found}, expected: ${expected}`);
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += match.length;
    return match;
  }
}
