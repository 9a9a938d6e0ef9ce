import type { Application } from "../../core/resources/application.ts";
import { isPlainObject } from "../../core/plain-object.ts";

/** Annotations that name a Secret (decision 0022), for the Application, a service or an API. */
const BUNDLE = /(?:^|\.)appconn\.dev\/ca-bundle$/;

/**
 * The Secrets that an Application has the gateway read. Whatever field of an entry is called a secret name counts,
 * those of old spellings too, and those that are yet to come: one that is overlooked opens every Secret.
 */
export function namedSecrets({ metadata, spec }: Pick<Application, "metadata" | "spec">): Set<string> {
  const names = new Set<string>();
  for (const { entries } of spec?.services ?? []) collect(entries, names);
  for (const [name, value] of Object.entries(metadata.annotations ?? {})) {
    if (BUNDLE.test(name)) names.add(value);
  }
  return names;
}

function collect(value: unknown, names: Set<string>): void {
  if (Array.isArray(value)) {
    for (const item of value) collect(item, names);
  } else if (isPlainObject(value)) {
    for (const [key, inner] of Object.entries(value)) {
      if (typeof inner !== "string") collect(inner, names);
      else if (inner !== "" && /secretname$/i.test(key)) names.add(inner);
    }
  }
}
