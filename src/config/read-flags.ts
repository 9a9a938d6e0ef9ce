import type { Given, Reading } from "./given.ts";
import type { NamedSetting } from "./named-settings.ts";
import { nearestName } from "./nearest-name.ts";
import type { Problem } from "./problem.ts";
import type { RetiredName } from "./retired-names.ts";

interface Known {
  readonly takesValue: boolean;
  readonly setting?: NamedSetting;
  readonly parse?: (raw: unknown) => unknown;
  readonly retired?: RetiredName;
}

/** Flags that the command itself takes; here they are only what somebody may have meant. */
const RESERVED: readonly string[] = ["config", "print-config", "quiet", "help"];

/**
 * Flags of all settings: `--name=value`, `--name value`, and `--name` alone where the setting is a switch.
 * A flag given twice: the later one counts.
 */
export function readFlags(
  words: readonly string[],
  settings: readonly NamedSetting[],
  retired: readonly RetiredName[],
): Reading {
  const known = knownFlags(settings, retired);
  const given: Given[] = [];
  const problems: Problem[] = [];
  const warnings: string[] = [];
  for (let index = 0; index < words.length; index++) {
    const word = words[index] ?? "";
    const [, dashes = "", name = "", value] = /^(-{0,2})([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    const flag = dashes === "--" ? known.get(name) : undefined;
    if (!flag) {
      problems.push(unknownWord(dashes, name, [...known.keys(), ...RESERVED]));
      // What follows an unknown flag is most likely its value, not a second mistake.
      if (dashes !== "" && value === undefined && isValue(words[index + 1])) index++;
      continue;
    }
    let raw: unknown = value;
    if (raw === undefined && flag.takesValue && isValue(words[index + 1])) raw = words[++index];
    if (flag.retired) warnings.push(`--${name} is ignored: ${flag.retired.because}`);
    if (!flag.setting) continue;
    const source = `--${name}`;
    if (raw === undefined && flag.takesValue) {
      problems.push({ subject: flag.setting.key, text: "needs a value", source });
      continue;
    }
    given.push({
      setting: flag.setting,
      raw: raw ?? true,
      source,
      ...(flag.parse ? { parse: flag.parse } : {}),
    });
  }
  return { given, problems, warnings };
}

function isValue(word: string | undefined): word is string {
  return word !== undefined && !word.startsWith("--");
}

function knownFlags(
  settings: readonly NamedSetting[],
  retired: readonly RetiredName[],
): ReadonlyMap<string, Known> {
  const known = new Map<string, Known>();
  for (const name of retired) {
    if (name.flag) known.set(name.flag, { takesValue: name.takesValue, retired: name });
  }
  for (const setting of settings) {
    // Only a switch takes a plain `true`; it is the one kind that may stand without a value.
    const takesValue = setting.setting.parse(true) !== true;
    for (const { flag, parse } of setting.setting.aliases) {
      if (flag) known.set(flag, { takesValue, setting, ...(parse ? { parse } : {}) });
    }
    known.set(setting.flag, { takesValue, setting });
  }
  return known;
}

/** Names the flag, never its value, nor a stray word, which may be one. */
function unknownWord(dashes: string, name: string, known: Iterable<string>): Problem {
  const source = "the command line";
  if (dashes === "") return { subject: "(a word)", text: "is not a flag", source };
  const nearest = nearestName(name, known);
  const meant = nearest ? `: did you mean --${nearest}?` : "";
  return { subject: dashes + name, text: `is no flag of this command${meant}`, source };
}
