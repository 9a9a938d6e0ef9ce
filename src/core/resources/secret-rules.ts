import { invalidValues, required, tooLong } from "./causes.ts";
import {
  canonicalBase64,
  DATA_LIMIT,
  dataKeyCauses,
  decodedBytes,
  immutabilityCauses,
  withoutEmptyMaps,
} from "./data-rules.ts";
import { keyPath } from "./field-path.ts";
import type { Cause } from "./kind.ts";
import type { Secret } from "./secret.ts";

/** `stringData` wins over `data` and is never kept; an absent or empty type is Opaque (admin-api spec §12). */
export function normaliseSecret(value: Secret): Secret {
  const { stringData = {}, ...kept } = value;
  const encoded = Object.entries(stringData).map(
    ([key, text]) => [key, Buffer.from(text).toString("base64")] as const,
  );
  const data = { ...canonicalBase64(kept.data ?? {}), ...Object.fromEntries(encoded) };
  return withoutEmptyMaps({ ...kept, data, type: kept.type || "Opaque" }, "data");
}

export function secretCauses(value: Secret, previous: Secret | undefined): Cause[] {
  const causes: Cause[] = [];
  if (previous && previous.type !== value.type) {
    causes.push(...invalidValues("type", value.type, ["field is immutable"]));
  }
  causes.push(...immutabilityCauses(value, previous, ["data"]), ...dataKeyCauses("data", value.data));
  if (decodedBytes(value.data) > DATA_LIMIT) causes.push(tooLong("data", DATA_LIMIT));
  return [...causes, ...typeCauses(value)];
}

/** What each type of Secret must hold; values may be empty except where the API server says otherwise. */
function typeCauses({ type, data = {} }: Secret): Cause[] {
  const missing = (...keys: readonly string[]) =>
    keys.filter((key) => !Object.hasOwn(data, key)).map((key) => required(keyPath("data", key)));
  switch (type) {
    case "kubernetes.io/tls":
      return missing("tls.crt", "tls.key");
    case "kubernetes.io/basic-auth": {
      const both = missing("username", "password");
      return both.length === 2 ? both : [];
    }
    case "kubernetes.io/ssh-auth":
      return data["ssh-privatekey"] ? [] : [required(keyPath("data", "ssh-privatekey"))];
    case "kubernetes.io/dockerconfigjson":
      return [...missing(".dockerconfigjson"), ...jsonCauses(".dockerconfigjson", data)];
    case "kubernetes.io/dockercfg":
      return [...missing(".dockercfg"), ...jsonCauses(".dockercfg", data)];
    default:
      return [];
  }
}

function jsonCauses(key: string, data: Readonly<Record<string, string>>): Cause[] {
  if (!Object.hasOwn(data, key)) return [];
  try {
    JSON.parse(Buffer.from(data[key] ?? "", "base64").toString());
    return [];
  } catch {
    // The parser's own message quotes the text around the fault, which is secret.
    return invalidValues(keyPath("data", key), "<secret contents redacted>", ["not valid JSON"]);
  }
}

/** A certificate or key that is none is kept, but the writer is told (admin-api spec §12). */
export function secretWarnings({ type, data = {} }: Secret): string[] {
  if (type !== "kubernetes.io/tls") return [];
  const holdsPem = (key: string) =>
    /-----BEGIN [A-Z ]+-----/.test(Buffer.from(data[key] ?? "", "base64").toString("latin1"));
  const warnings: string[] = [];
  if (!holdsPem("tls.crt")) warnings.push("tls: failed to find any PEM data in certificate input");
  if (!holdsPem("tls.key")) warnings.push("tls: failed to find any PEM data in key input");
  return warnings;
}
