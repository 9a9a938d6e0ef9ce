import { apiSettings, type ApiSettingName } from "./api-settings.ts";

const DOMAIN = "appconn.dev";

/** Other annotations of ours, which are no settings of APIs. */
const OTHERS: ReadonlySet<string> = new Set(["registrations", "skip-verify-because"]);

const NAMES: ReadonlyMap<string, ApiSettingName> = new Map(
  (Object.keys(apiSettings) as ApiSettingName[]).map((name) => [writtenName(name), name]),
);

/** `streamIdleTimeout` → `stream-idle-timeout`, as it stands behind the slash. */
export function writtenName(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

/** What an annotation sets, and for whom. */
export interface SettingName {
  /** undefined where there is no such setting. */
  readonly setting: ApiSettingName | undefined;
  /** Empty for all APIs of the Application, else `SERVICE` or `ENTRY.SERVICE`. */
  readonly scope: string;
}

/** undefined for annotations that are no settings of APIs (decision 0022). */
export function settingNameOf(annotation: string): SettingName | undefined {
  const slash = annotation.indexOf("/");
  // Annotation prefixes may have capitals, which mean nothing in a domain.
  const prefix = annotation.slice(0, Math.max(slash, 0)).toLowerCase();
  if (prefix !== DOMAIN && !prefix.endsWith(`.${DOMAIN}`)) return undefined;
  const scope = prefix.slice(0, -DOMAIN.length).replace(/\.$/, "");
  const written = annotation.slice(slash + 1);
  if (scope === "" && OTHERS.has(written)) return undefined;
  return { setting: NAMES.get(written), scope };
}

/** A path segment as the label of a domain name, which cannot end in a hyphen as a cut segment may. */
export function labelOf(segment: string): string {
  return segment.replace(/-+$/, "");
}
