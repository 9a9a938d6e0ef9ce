import { refuseLineBreaks, type CredentialMaterial } from "./credential-material.ts";
import type { CredentialFailure } from "./failures.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { InjectedHeader } from "./injected-header.ts";
import type { CredentialProvider } from "./provider.ts";
import { secretValue } from "./secret-data.ts";
import { StaticProvider } from "./static-provider.ts";

/** `Authorization: Basic …`, the bytes of name and password as they are (gateway spec §9). */
export function basic(material: CredentialMaterial): CredentialProvider | CredentialFailure {
  const invalid = refuseLineBreaks(material, ["username", "password"]);
  if (invalid) return invalid;
  const { secretName, tls, data } = material;
  const credential = basicCredential(secretValue(data, "username"), secretValue(data, "password"));
  return new StaticProvider({
    type: "Basic",
    secretName,
    tls,
    fingerprint: fingerprintOf("Basic", tls.key, credential),
    authorisation: new InjectedHeader(credential),
  });
}

/** RFC 7617, not form-encoded before, as token endpoints get it too. */
export function basicCredential(name: Buffer, password: Buffer): string {
  return `Basic ${Buffer.concat([name, Buffer.from(":"), password]).toString("base64")}`;
}
