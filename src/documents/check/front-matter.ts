import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import type { Finding } from "../finding.ts";
import { found } from "./found.ts";
import { limits } from "./limits.ts";
import { parseYaml } from "./parse-yaml.ts";

export interface FrontMatter {
  /** undefined where there is none, or none that can be read. */
  readonly values: PlainObject | undefined;
  readonly findings: readonly Finding[];
  /** The text after it. */
  readonly body: string;
}

/** YAML between `---` lines at the very beginning; a first line without a second one is a mere rule. */
export function readFrontMatter(text: string): FrontMatter {
  const first = /^---[ \t]*\r?\n/.exec(text);
  const last =
    first && /^---[ \t]*$/m.exec(text.slice(first[0].length, limits.frontMatter * 4).replaceAll("\r", " "));
  if (!first || !last) return { values: undefined, findings: [], body: text };
  const start = first[0].length;
  const body = text.slice(start + last.index + last[0].length);
  return { ...readValues(text.slice(start, start + last.index)), body };
}

function readValues(yaml: string): Pick<FrontMatter, "values" | "findings"> {
  if (yaml.trim() === "") return { values: {}, findings: [] };
  const parsed = parseYaml(yaml);
  if (parsed.kind === "broken") return { values: undefined, findings: [lower(parsed.finding)] };
  if (parsed.kind !== "data" || !isPlainObject(parsed.value))
    return unusable("must be a map of names to values");
  const json = jsonOf(parsed.value);
  if (json === undefined) return unusable("nests too deeply or within itself");
  if (json.length > limits.frontMatter) return unusable(`is larger than ${limits.frontMatter} characters`);
  return { values: JSON.parse(json) as PlainObject, findings: parsed.findings.map(lower) };
}

/** The line before the front matter counts too. */
function lower(finding: Finding): Finding {
  return { ...finding, line: finding.line && finding.line + 1 };
}

function unusable(reason: string): Pick<FrontMatter, "values" | "findings"> {
  return { values: undefined, findings: [found("error", "", `The front matter ${reason}.`)] };
}

/** undefined where aliases make it endless. */
function jsonOf(value: PlainObject): string | undefined {
  try {
    return JSON.stringify(value);
  } catch {
    return undefined;
  }
}
