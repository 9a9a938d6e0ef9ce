import { normaliseName, serviceSegment } from "../../names.ts";
import type { Application } from "../application.ts";
import { SettingAnnotations } from "./setting-annotations.ts";
import { labelOf } from "./setting-name.ts";

/** Settings without effect: such as there are none, and those for what the Application does not have. */
export function settingWarnings(application: Application): string[] {
  const annotations = new SettingAnnotations(application.metadata.annotations);
  const unknown = annotations.unknown.map(
    (annotation) => `metadata.annotations: ${JSON.stringify(annotation)}: there is no such setting`,
  );
  const { scopes } = annotations;
  if (scopes.length === 0) return unknown;
  const known = scopesOf(application);
  const misnamed = scopes.filter((scope) => !known.has(scope));
  return [
    ...unknown,
    ...misnamed.map((scope) => `metadata.annotations: ${scope}.appconn.dev: there is no such API`),
  ];
}

function scopesOf({ spec }: Application): ReadonlySet<string> {
  const scopes = new Set<string>();
  for (const service of spec?.services ?? []) {
    const own = labelOf(serviceSegment(service));
    for (const { type, name } of service.entries) {
      if (type !== "API") continue;
      const entry = labelOf(normaliseName(name ?? ""));
      scopes.add(own);
      if (entry !== "") scopes.add(`${entry}.${own}`);
    }
  }
  return scopes;
}
