import { posix } from "node:path";
import type { FunctionFact, ModuleFacts } from "./module-facts.ts";
import type { Violation } from "./violation.ts";

const MAXIMUM_FILE_LINES = 500;
const MAXIMUM_FUNCTION_LINES = 80;
const MAXIMUM_PARAMETERS = 3;

/** Words that say nothing about what a thing is, or only half of it. */
const EMPTY_WORDS = /^(util|utils|helper|helpers|manager|managers|misc|common|cfg|svc|mgr)$/;

/** The rules of style that one file keeps or breaks by itself. */
export function styleOf(module: ModuleFacts): readonly Violation[] {
  const at = (line: number, rule: string, text: string): Violation => ({
    path: module.path,
    line,
    rule,
    text,
  });
  return [
    ...module.syntaxErrors.map((text) => at(1, "syntax", text)),
    ...module.anyLines.map((line) => at(line, "no any", "use unknown and narrow it")),
    ...module.enumLines.map((line) => at(line, "no enum", "use a union of literals")),
    ...oversize(module, at),
    ...unfinished(module, at),
    ...doors(module, at),
    ...names(module, at),
  ];
}

type At = (line: number, rule: string, text: string) => Violation;

function oversize({ lines, functions }: ModuleFacts, at: At): readonly Violation[] {
  const long = (item: FunctionFact): boolean => item.lines > MAXIMUM_FUNCTION_LINES;
  const wide = (item: FunctionFact): boolean => item.exported && item.parameters > MAXIMUM_PARAMETERS;
  return [
    ...(lines > MAXIMUM_FILE_LINES
      ? [at(1, "file size", `${lines} lines, at most ${MAXIMUM_FILE_LINES}`)]
      : []),
    ...functions
      .filter(long)
      .map((item) =>
        at(
          item.line,
          "function size",
          `${item.name}: ${item.lines} lines, at most ${MAXIMUM_FUNCTION_LINES}`,
        ),
      ),
    ...functions
      .filter(wide)
      .map((item) =>
        at(item.line, "parameters", `${item.name}: ${item.parameters}, at most ${MAXIMUM_PARAMETERS}`),
      ),
  ];
}

function unfinished({ text }: ModuleFacts, at: At): readonly Violation[] {
  return text.split("\n").flatMap((line, index) => {
    const found = /\b(TODO|FIXME|HACK)\b/.exec(line);
    return found ? [at(index + 1, "unfinished", `${found[0]} left behind`)] : [];
  });
}

/** `src/index.ts` is the one file that hands on what others export. */
function doors({ path, exports, imports }: ModuleFacts, at: At): readonly Violation[] {
  const reexports = imports.filter(({ reexport }) => reexport);
  return [
    ...exports
      .filter(({ name }) => name === "default")
      .map(({ line }) => at(line, "no default export", "give it its name")),
    ...(path === "src/index.ts" ? [] : reexports).map(({ line, specifier }) =>
      at(line, "no barrel", `import ${specifier} where it is used`),
    ),
  ];
}

function names({ path, exports }: ModuleFacts, at: At): readonly Violation[] {
  const base = posix.basename(path, ".ts");
  const words = [...path.split("/").slice(0, -1), ...base.split("-")];
  return [
    ...(/^[a-z0-9]+(-[a-z0-9]+)*$/.test(base) ? [] : [at(1, "file name", `${base} is not kebab-case`)]),
    ...words
      .filter((word) => EMPTY_WORDS.test(word))
      .map((word) => at(1, "file name", `${word} names nothing`)),
    ...exports.flatMap(({ name, line }) =>
      wordsOf(name)
        .filter((word) => EMPTY_WORDS.test(word))
        .map((word) => at(line, "name", `${name}: ${word} names nothing`)),
    ),
  ];
}

/** `TokenCacheManager`, `MAX_UTIL` → their words in lower case. */
function wordsOf(name: string): readonly string[] {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1 $2")
    .split(/[^A-Za-z0-9]+/)
    .map((word) => word.toLowerCase());
}
