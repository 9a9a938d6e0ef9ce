import type { Given, Reading } from "./given.ts";
import { nameSettings, type NamedSetting } from "./named-settings.ts";
import { shownOrClassOf, type Problem } from "./problem.ts";
import { readEnvironment, type Environment } from "./read-environment.ts";
import { readFile } from "./read-file.ts";
import { readFlags } from "./read-flags.ts";
import { retiredNames } from "./retired-names.ts";
import type { Resolved, SettingTree } from "./setting.ts";

/** Everything that may give a value, weakest last: flags, environment, file. */
export interface Sources {
  readonly flags: readonly string[];
  readonly environment: Environment;
  /** `name` stands in messages: the path as the user wrote it. */
  readonly file?: { readonly name: string; readonly text: string };
}

export interface Loaded<Tree extends SettingTree> {
  readonly kind: "loaded";
  /** Frozen, all the way down. */
  readonly options: Resolved<Tree>;
  /** Setting's key → `--gateway-port`, `APPCONN_GATEWAY_PORT`, `connector.yaml:14`; absent: the default. */
  readonly origins: ReadonlyMap<string, string>;
  /** Names that were accepted and have no effect. */
  readonly warnings: readonly string[];
}

export interface Refused {
  readonly kind: "refused";
  /** All there are, not only the first. */
  readonly problems: readonly Problem[];
}

/** Reads all settings of a tree: flags before environment before file before default (amendment A19). */
export function load<Tree extends SettingTree>(tree: Tree, sources: Sources): Loaded<Tree> | Refused {
  const settings = nameSettings(tree);
  const { file } = sources;
  const readings: readonly Reading[] = [
    ...(file ? [readFile(file.name, file.text, settings)] : []),
    readEnvironment(sources.environment, settings, retiredNames),
    readFlags(sources.flags, settings, retiredNames),
  ];
  const parsed = readings.flatMap(({ given }) => given.map(parse));
  const problems = [
    ...readings.flatMap((reading) => reading.problems),
    ...parsed.flatMap(({ problem }) => problem ?? []),
  ];
  if (problems.length > 0) return { kind: "refused", problems };
  // Later entries overwrite earlier ones: the readings stand in the order of their strength.
  const strongest = new Map(parsed.map((value) => [value.key, value]));
  return {
    kind: "loaded",
    options: assemble(settings, (key) => strongest.get(key)) as Resolved<Tree>,
    origins: new Map([...strongest].map(([key, { source }]) => [key, source])),
    warnings: readings.flatMap(({ warnings }) => warnings),
  };
}

interface Parsed {
  readonly key: string;
  readonly source: string;
  readonly value?: unknown;
  readonly problem?: Problem;
}

function parse({ setting, raw, source, parse: parseAlias }: Given): Parsed {
  const { key } = setting;
  const value = (parseAlias ?? setting.setting.parse)(raw);
  if (value !== undefined) return { key, source, value };
  const text = `must be ${setting.setting.expected}, not ${shownOrClassOf(raw, setting.setting)}`;
  return { key, source, problem: { subject: key, text, source } };
}

type Branch = Record<string, unknown>;

function assemble(settings: readonly NamedSetting[], find: (key: string) => Parsed | undefined): Branch {
  const root: Branch = {};
  for (const { key, path, setting } of settings) {
    const found = find(key);
    let branch = root;
    for (const name of path.slice(0, -1)) branch = (branch[name] ??= {}) as Branch;
    branch[path.at(-1) ?? key] = found ? found.value : setting.default;
  }
  return frozen(root) as Branch;
}

/** A copy in which nothing can be changed: a default list belongs to the declaration. */
function frozen(value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map(frozen));
  if (typeof value !== "object" || value === null) return value;
  return Object.freeze(Object.fromEntries(Object.entries(value).map(([name, item]) => [name, frozen(item)])));
}
