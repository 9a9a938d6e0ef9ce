import { AdminFailure } from "../admin-failure.ts";
import { acceptEntries, type AcceptEntry } from "./accept-entries.ts";

/** How the caller wants the answer. */
export interface Representation {
  readonly format: "json" | "yaml";
  readonly as: "object" | "table" | "partial" | "partial-list";
  /** Version of meta.k8s.io that Tables and partial objects name. */
  readonly metaVersion: "v1" | "v1beta1";
}

export const PLAIN_JSON: Representation = { format: "json", as: "object", metaVersion: "v1" };

const AS: Readonly<Record<string, Representation["as"]>> = {
  Table: "table",
  PartialObjectMetadata: "partial",
  PartialObjectMetadataList: "partial-list",
};

const FORMATS: Readonly<Record<string, Representation["format"]>> = {
  "application/json": "json",
  "application/yaml": "yaml",
  "application/*": "json",
  "*/*": "json",
};

/**
 * The first entry of an `Accept` header that can be served (admin-api spec §6); an entry with a lower `q`
 * comes later. Throws 406 where there is none.
 */
export function negotiate(accept: string | undefined): Representation {
  if (accept === undefined || accept.trim() === "") return PLAIN_JSON;
  for (const entry of acceptEntries(accept)) {
    const representation = representationOf(entry);
    if (representation) return representation;
  }
  throw notAcceptable();
}

export function notAcceptable(): AdminFailure {
  return new AdminFailure("ADMIN_NOT_ACCEPTABLE", ["application/json, application/yaml"]);
}

function representationOf({ type, parameters }: AcceptEntry): Representation | undefined {
  const format = Object.hasOwn(FORMATS, type) ? FORMATS[type] : undefined;
  if (!format) return undefined;
  const as = parameters.get("as");
  if (as === undefined) return { ...PLAIN_JSON, format };
  const [group, version] = [parameters.get("g"), parameters.get("v")];
  const known = Object.hasOwn(AS, as) ? AS[as] : undefined;
  if (!known || group !== "meta.k8s.io" || (version !== "v1" && version !== "v1beta1")) return undefined;
  return { format, as: known, metaVersion: version };
}
