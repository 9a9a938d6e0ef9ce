import { createHash, randomUUID, X509Certificate } from "node:crypto";
import type { ClientSource } from "./client-authentication.ts";
import { prepareCertificate } from "./client-certificate.ts";
import { secretValue, type SecretData } from "./secret-data.ts";
import { prepareSigningKey } from "./signing-key.ts";

/** The keys of the Secret that an assertion is made of, besides `clientId`. */
export const ASSERTION_KEYS = ["key", "crt", "keyId", "signingAlgorithm", "assertionAudience"] as const;

/**
 * Seconds. Short, because some providers refuse a longer life, and used at once; long enough for clocks that
 * differ by less.
 */
const LIFETIME = 60;

/** Makes assertions that a client signs with its private key (RFC 7523 §3), or says why it cannot. */
export function clientAssertion({
  data,
  authenticationUrl,
  clock,
}: ClientSource): (() => Promise<string>) | string {
  const key = secretValue(data, "key");
  const prepared = prepareSigningKey(key, textOf(data, "signingAlgorithm"));
  if (typeof prepared === "string") return prepared;
  const thumbprint = thumbprintOf(data, key);
  if (thumbprint?.problem !== undefined) return thumbprint.problem;
  const keyId = textOf(data, "keyId");
  const head = encoded({
    alg: prepared.algorithm,
    typ: "JWT",
    ...(keyId !== "" && { kid: keyId }),
    ...(thumbprint && { "x5t#S256": thumbprint.value }),
  });
  const clientId = textOf(data, "clientId");
  const audience = textOf(data, "assertionAudience") || withoutUser(authenticationUrl);
  return async () => {
    const now = Math.floor(clock.now() / 1000);
    const claims = { iss: clientId, sub: clientId, aud: audience, jti: randomUUID(), iat: now };
    const signed = `${head}.${encoded({ ...claims, exp: now + LIFETIME })}`;
    return `${signed}.${(await prepared.sign(Buffer.from(signed))).toString("base64url")}`;
  };
}

type Thumbprint = { readonly value: string; readonly problem?: undefined } | { readonly problem: string };

/** Names the certificate to providers that know the client by one; it has to be that of the key. */
function thumbprintOf(data: SecretData, key: Buffer): Thumbprint | undefined {
  const crt = secretValue(data, "crt");
  if (crt.length === 0) return undefined;
  const certificate = prepareCertificate(crt, key);
  if (typeof certificate === "string") return { problem: certificate };
  const { raw } = new X509Certificate(certificate.crt);
  return { value: createHash("sha256").update(raw).digest("base64url") };
}

function encoded(value: Readonly<Record<string, unknown>>): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function textOf(data: SecretData, key: string): string {
  return secretValue(data, key).toString("utf8");
}

function withoutUser(url: string): string {
  return url.replace(/\/\/[^/?#]*@/, "//").replace(/#.*$/s, "");
}
