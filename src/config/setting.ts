import { durationText, parseDuration } from "../core/duration.ts";

/**
 * A setting: one value that a file, the environment or a flag may give. Each component declares its own in
 * `options.ts` as a tree of settings; `main` joins the trees, `load.ts` reads them, and
 * `docs/reference/configuration.md` is generated from them.
 */
export interface Setting<Value> {
  readonly description: string;
  /** What a value must be, to follow "must be " in an error and to stand in the reference. */
  readonly expected: string;
  readonly default: Value;
  /** Names of the original that mean the same, kept so that existing deployments start unchanged. */
  readonly aliases: readonly Alias<Value>[];
  /** The value, or undefined when `raw` (a string, or what YAML made of it) is not one. */
  readonly parse: (raw: unknown) => Value | undefined;
  /** The default as a user would write it. */
  readonly shown: string;
  /** A refused value is a mistyped number, no secret, and may be shown. */
  readonly isNumber?: true;
}

export interface Alias<Value> {
  readonly flag?: string;
  readonly environment?: string;
  /** Where the original wrote the value differently, such as whole seconds instead of a duration. */
  readonly parse?: (raw: unknown) => Value | undefined;
}

export interface SettingTree {
  readonly [name: string]: Setting<unknown> | SettingTree;
}

/** The type of the loaded options of a tree: no optionals, nothing left to parse. */
export type Resolved<Tree> = {
  readonly [Name in keyof Tree]: Tree[Name] extends Setting<infer Value> ? Value : Resolved<Tree[Name]>;
};

interface Described<Value> {
  readonly description: string;
  readonly default: Value;
  readonly aliases?: readonly Alias<Value>[];
}

function setting<Value>(
  expected: string,
  described: Described<Value>,
  shown: string,
  parse: (raw: unknown) => Value | undefined,
): Setting<Value> {
  const { description, aliases = [] } = described;
  return Object.freeze({ description, expected, default: described.default, aliases, shown, parse });
}

/** For aliases of the original, which counts in whole seconds. Reads a duration too. */
export function parseSeconds(raw: unknown): number | undefined {
  const seconds =
    typeof raw === "number" ? raw : typeof raw === "string" && /^\d+$/.test(raw) ? Number(raw) : undefined;
  return seconds === undefined ? parseDuration(raw) : seconds * 1000;
}

/** Resolves to milliseconds. */
export function duration(described: Described<number>): Setting<number> {
  return setting(
    'a duration like "30s" or "1h30m"',
    described,
    durationText(described.default),
    parseDuration,
  );
}

const BYTE_UNITS: Readonly<Record<string, number>> = { "": 1, Ki: 1024, Mi: 1024 ** 2, Gi: 1024 ** 3 };

/** Resolves to bytes. */
export function bytes(described: Described<number>): Setting<number> {
  return setting('a size like "4Mi"', described, bytesText(described.default), (raw) => {
    const match = /^(\d+)(Ki|Mi|Gi|)$/.exec(String(raw));
    const size = Number(match?.[1]) * (BYTE_UNITS[match?.[2] ?? ""] ?? Number.NaN);
    return Number.isSafeInteger(size) ? size : undefined;
  });
}

function bytesText(size: number): string {
  for (const [unit, factor] of [
    ["Gi", 1024 ** 3],
    ["Mi", 1024 ** 2],
    ["Ki", 1024],
  ] as const) {
    if (size >= factor && size % factor === 0) return `${size / factor}${unit}`;
  }
  return String(size);
}

export function wholeNumber(
  described: Described<number> & { readonly minimum: number; readonly maximum: number },
): Setting<number> {
  const { minimum, maximum } = described;
  const number = setting(
    `a whole number from ${minimum} to ${maximum}`,
    described,
    String(described.default),
    (raw) => {
      const value =
        typeof raw === "number"
          ? raw
          : typeof raw === "string" && /^\d+$/.test(raw)
            ? Number(raw)
            : Number.NaN;
      return Number.isInteger(value) && value >= minimum && value <= maximum ? value : undefined;
    },
  );
  return Object.freeze({ ...number, isNumber: true });
}

/** 0 lets the system choose a free port. */
export function port(described: Described<number>): Setting<number> {
  return wholeNumber({ ...described, minimum: 0, maximum: 65_535 });
}

export function flag(described: Described<boolean>): Setting<boolean> {
  return setting("true or false", described, String(described.default), (raw) => {
    if (raw === true || raw === "true" || raw === "1") return true;
    if (raw === false || raw === "false" || raw === "0") return false;
    return undefined;
  });
}

export function text(described: Described<string>): Setting<string> {
  return setting("a text", described, described.default === "" ? "" : described.default, (raw) =>
    typeof raw === "string" || typeof raw === "number" ? String(raw) : undefined,
  );
}

export function oneOf<const Word extends string>(
  words: readonly Word[],
  described: Described<Word>,
): Setting<Word> {
  return setting(`one of ${words.join(", ")}`, described, described.default, (raw) =>
    words.find((word) => word === raw),
  );
}

/** A YAML list, or one string with commas. */
export function listOfText(described: Described<readonly string[]>): Setting<readonly string[]> {
  return listOf("texts", () => true, described);
}

/**
 * As `listOfText`, of items that `accepts` knows; `items` names them in the plural, with an example. Empty only
 * where `isNeeded` does not say that there must be one.
 */
export function listOf(
  items: string,
  accepts: (item: string) => boolean,
  described: Described<readonly string[]> & { readonly isNeeded?: boolean },
): Setting<readonly string[]> {
  return setting(`a list of ${items}`, described, described.default.join(","), (raw) => {
    const list = typeof raw === "string" ? split(raw) : raw;
    const isList = Array.isArray(list) && list.every((item) => typeof item === "string" && accepts(item));
    if (!isList || (described.isNeeded === true && list.length === 0)) return undefined;
    return list as readonly string[];
  });
}

function split(raw: string): readonly string[] {
  return raw === "" ? [] : raw.split(",").map((item) => item.trim());
}

export function isSetting(node: Setting<unknown> | SettingTree): node is Setting<unknown> {
  return typeof node.parse === "function";
}
