import type { Given, Reading } from "./given.ts";
import { ENVIRONMENT_PREFIX, type NamedSetting } from "./named-settings.ts";
import { nearestName } from "./nearest-name.ts";
import type { Problem } from "./problem.ts";
import type { RetiredName } from "./retired-names.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

/** Names that begin like those of settings and are read elsewhere. */
const RESERVED: readonly string[] = ["APPCONN_CONFIG"];

/**
 * Variables of all settings. An empty variable counts as not given, because `docker run -e NAME=` and
 * unset values of a chart look like that.
 */
export function readEnvironment(
  environment: Environment,
  settings: readonly NamedSetting[],
  retired: readonly RetiredName[],
): Reading {
  const read = (name: string): string | undefined => {
    const raw = environment[name];
    return raw === "" || isServiceLink(name, raw) ? undefined : raw;
  };
  const given = settings.flatMap((setting) => givenFor(setting, read));
  const warnings = retired.flatMap(({ environment: name, because }) =>
    name !== undefined && read(name) !== undefined ? [`${name} is ignored: ${because}`] : [],
  );
  return { given, problems: unknownVariables(environment, settings), warnings };
}

function givenFor(setting: NamedSetting, read: (name: string) => string | undefined): readonly Given[] {
  const aliased = setting.setting.aliases.flatMap(({ environment: name, parse }): readonly Given[] => {
    const raw = name === undefined ? undefined : read(name);
    if (name === undefined || raw === undefined) return [];
    return [{ setting, raw, source: name, ...(parse ? { parse } : {}) }];
  });
  const raw = read(setting.environment);
  // The setting's own name comes last, so that it wins over the original's.
  return raw === undefined ? aliased : [...aliased, { setting, raw, source: setting.environment }];
}

function unknownVariables(environment: Environment, settings: readonly NamedSetting[]): readonly Problem[] {
  const known = new Set([...RESERVED, ...settings.map((setting) => setting.environment)]);
  return Object.keys(environment)
    .filter((name) => name.startsWith(ENVIRONMENT_PREFIX) && !known.has(name))
    .filter((name) => !isServiceLink(name, environment[name]))
    .map((name) => {
      const nearest = nearestName(name, known);
      const meant = nearest ? `: did you mean ${nearest}?` : "";
      return { subject: name, text: `is no setting${meant}`, source: "the environment" };
    });
}

/**
 * Kubernetes gives every container variables of the Services around it, and one called `appconn-gateway`
 * makes APPCONN_GATEWAY_PORT=tcp://10.0.0.1:8080: it must not stop the start.
 */
function isServiceLink(name: string, value: string | undefined): boolean {
  if (/_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$/.test(name)) return true;
  if (/_PORT_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?$/.test(name)) return true;
  return name.endsWith("_PORT") && /^(tcp|udp|sctp):\/\//.test(value ?? "");
}
