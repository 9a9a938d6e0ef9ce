import { apiSettings, type ApiSettingName, type ApiSettings } from "./api-settings.ts";
import { labelOf, settingNameOf } from "./setting-name.ts";

/** A value that is none, and so what it is for is not called: nobody knows what its author meant. */
export interface InvalidSetting {
  readonly annotation: string;
  readonly written: string;
  readonly expected: string;
}

/** One annotation. */
export interface GivenSetting {
  readonly annotation: string;
  readonly written: string;
  readonly setting: ApiSettingName;
}

/** The API that settings are asked for, by the segments of its path. */
export interface SettingsOf {
  readonly service: string;
  /** Empty where the entry has no name: only settings of its service, or of all, are for it. */
  readonly entry: string;
}

const NOTHING: readonly GivenSetting[] = [];
const NO_SETTINGS: ApiSettings = Object.freeze({});

/** The settings that the annotations of one Application give, by whom they are for (decision 0022). */
export class SettingAnnotations {
  readonly #byScope = new Map<string, GivenSetting[]>();
  /** Annotations that name no setting there is. */
  readonly unknown: readonly string[];

  constructor(annotations: Readonly<Record<string, string>> = {}) {
    const unknown: string[] = [];
    for (const [annotation, written] of Object.entries(annotations)) {
      const name = settingNameOf(annotation);
      if (!name) continue;
      if (name.setting === undefined) unknown.push(annotation);
      else this.#add(name.scope, { annotation, written, setting: name.setting });
    }
    this.unknown = unknown;
  }

  /** Nothing is set, for nobody. */
  get isEmpty(): boolean {
    return this.#byScope.size === 0;
  }

  /** Whom settings are for, beside all: `SERVICE` or `ENTRY.SERVICE`. */
  get scopes(): readonly string[] {
    return [...this.#byScope.keys()].filter((scope) => scope !== "");
  }

  /** Everything that is set, so that equal texts mean equal settings; empty where nothing is. */
  get text(): string {
    return this.isEmpty ? "" : JSON.stringify([...this.#byScope]);
  }

  /** Everything that is set for a service, so that equal texts mean equal settings; empty where nothing is. */
  textFor(service: string): string {
    const own = labelOf(service);
    const given = [...this.#byScope].filter(
      ([scope]) => scope === "" || scope === own || scope.endsWith(`.${own}`),
    );
    return given.length === 0 ? "" : JSON.stringify(given);
  }

  /** The values of one API, or the first of them that is none. */
  for(api: SettingsOf): ApiSettings | InvalidSetting {
    if (this.isEmpty) return NO_SETTINGS;
    const values: Record<string, unknown> = {};
    for (const one of this.given(api)) {
      const value = apiSettings[one.setting].parse(one.written);
      if (value === undefined) return invalid(one);
      values[one.setting] = value;
    }
    return Object.freeze(values);
  }

  /** What is written for one API, the nearest of each: its own, else its service's, else that for all. */
  given({ service, entry }: SettingsOf): readonly GivenSetting[] {
    const own = labelOf(service);
    const scopes = ["", own, entry === "" ? own : `${labelOf(entry)}.${own}`];
    const given = scopes.flatMap((scope) => this.#byScope.get(scope) ?? NOTHING);
    return [...new Map(given.map((one) => [one.setting, one])).values()];
  }

  #add(scope: string, given: GivenSetting): void {
    const others = this.#byScope.get(scope);
    if (others) others.push(given);
    else this.#byScope.set(scope, [given]);
  }
}

export function isInvalidSetting(found: ApiSettings | InvalidSetting): found is InvalidSetting {
  return "annotation" in found;
}

function invalid({ annotation, written, setting }: GivenSetting): InvalidSetting {
  return { annotation, written, expected: apiSettings[setting].expected };
}
