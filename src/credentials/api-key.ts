import { HOP_BY_HOP } from "../http/hop-by-hop.ts";
import { invalidSecret, refuseLineBreaks, type CredentialMaterial } from "./credential-material.ts";
import { isCredentialFailure, type CredentialFailure } from "./failures.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { formEncode } from "./form-encoding.ts";
import { InjectedApiKey } from "./injected-api-key.ts";
import type { CredentialProvider } from "./provider.ts";
import { secretValue } from "./secret-data.ts";
import { StaticProvider } from "./static-provider.ts";

/** RFC 9110 §5.6.2 */
const TOKEN = /^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/;

/** Set by the connection, by the gateway itself, or by CSRF. */
const NEVER: ReadonlySet<string> = new Set([
  ...HOP_BY_HOP,
  ...["host", "content-length", "expect", "cookie", "x-csrf-token"],
]);

/** `apiKey` in the header `header`, or in the query parameter `queryParameter`; it wins over the caller's. */
export function apiKey(material: CredentialMaterial): CredentialProvider | CredentialFailure {
  const { data, secretName, tls } = material;
  const invalid = refuseLineBreaks(material, ["apiKey", "header", "queryParameter"]);
  if (invalid) return invalid;
  const value = secretValue(data, "apiKey");
  if (value.length === 0) return invalidSecret(material, "'apiKey' is empty");
  const header = secretValue(data, "header").toString("utf8");
  const parameter = secretValue(data, "queryParameter").toString("utf8");
  if ((header === "") === (parameter === "")) {
    return invalidSecret(material, "exactly one of 'header' and 'queryParameter' has to be there");
  }
  const injected = parameter === "" ? inHeader(material, header, value) : inQuery(parameter, value);
  if (isCredentialFailure(injected)) return injected;
  const fingerprint = fingerprintOf("ApiKey", tls.key, header, parameter, value);
  return new StaticProvider({ type: "ApiKey", secretName, tls, fingerprint, authorisation: injected });
}

function inHeader(
  material: CredentialMaterial,
  name: string,
  value: Buffer,
): InjectedApiKey | CredentialFailure {
  if (!TOKEN.test(name)) return invalidSecret(material, "'header' is no header name");
  if (NEVER.has(name.toLowerCase())) return invalidSecret(material, `'header' cannot be ${name}`);
  if (value.some(isControl)) return invalidSecret(material, "'apiKey' holds a control character");
  return new InjectedApiKey("header", name, value.toString("latin1"));
}

function inQuery(name: string, value: Buffer): InjectedApiKey {
  return new InjectedApiKey("query", name, `${formEncode(name)}=${formEncode(value)}`);
}

function isControl(byte: number): boolean {
  return (byte < 0x20 && byte !== 0x09) || byte === 0x7f;
}
