import type { ConnectionRecord } from "./connection-record.ts";
import { callExternal, type ExternalSession } from "./external-call.ts";
import type { IdentityDirectory } from "./identity-directory.ts";
import { expectStatus, urlNamed } from "./pairing-answers.ts";
import { verifyIdentity } from "./verify-identity.ts";

/** Revokes the certificate of an identity, by itself (connector spec §7). Again is no failure. */
export async function revokeIdentity(
  directory: IdentityDirectory,
  session: Omit<ExternalSession, "trust" | "identity">,
  now: number,
): Promise<ConnectionRecord> {
  const present = await directory.read();
  const { pair, trust, connection } = present;
  const own: ExternalSession = { ...session, trust, identity: pair };
  const known = { urls: connection.urls };
  const place = `connection.json in ${directory.path}`;
  // Told by the management information alone: where nobody could ask for it yet, it is asked for now.
  const asks = connection.urls["revokeCertUrl"] === undefined;
  const { urls } = asks ? (await verifyIdentity(urlNamed(known, "infoUrl", place), own)).information : known;
  const url = urlNamed({ urls }, "revokeCertUrl", place);
  const request = { method: "POST", url } as const;
  expectStatus(201, await callExternal(request, own), request);
  const revokedAt = connection.revokedAt ?? new Date(now).toISOString();
  const revoked = { ...connection, urls: { ...connection.urls, ...urls }, revokedAt };
  await directory.note(present, revoked);
  return revoked;
}
