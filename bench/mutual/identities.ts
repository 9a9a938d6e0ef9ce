import { generateKeyPairSync } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock.ts";
import { ClientAuthority } from "../../src/pki/client-authority.ts";
import { ServerCertificate } from "../../src/pki/server-certificate.ts";
import { REQUEST_SUBJECT } from "../micro/certificate-request-scene.ts";

const VALIDITY = 90 * 86_400_000;

/** Certificates as the product makes them, so that chains and algorithms cost what they cost there. */
export interface MutualIdentities {
  readonly server: { readonly cert: string; readonly key: string };
  readonly client: { readonly cert: string; readonly key: string };
  /** PEM of the client authorities that the server trusts, one certificate each. */
  readonly clientAuthorities: readonly string[];
  /** PEM that clients trust. */
  readonly serverAuthority: string;
}

/** Where servers and load find them, as JSON. */
const fileIn = (directory: string): string => join(directory, "identities.json");

export async function writeIdentities(directory: string): Promise<void> {
  const authority = await ClientAuthority.open({ directory: join(directory, "clients"), clock: systemClock });
  using own = await ServerCertificate.open({
    directory: join(directory, "servers"),
    names: ["gateway.localhost", "connector-service.localhost"],
    clock: systemClock,
    renewalFailed: () => {},
  });
  const keys = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const { fields: subject, commonName } = REQUEST_SUBJECT;
  const { certificate } = await authority.sign({
    publicKey: keys.publicKey,
    subject,
    commonName,
    validity: VALIDITY,
    now: systemClock.now(),
  });
  const identities: MutualIdentities = {
    server: { cert: own.current.cert + own.authority, key: own.current.key },
    client: { cert: certificate, key: keys.privateKey.export({ type: "pkcs8", format: "pem" }) },
    clientAuthorities: authority.bundle,
    serverAuthority: own.authority,
  };
  writeFileSync(fileIn(directory), JSON.stringify(identities), { mode: 0o600 });
}

export function readIdentities(directory: string): MutualIdentities {
  return JSON.parse(readFileSync(fileIn(directory), "utf8")) as MutualIdentities;
}
