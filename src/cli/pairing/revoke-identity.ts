import type { ConnectionRecord } from "./connection-record.ts";
import { callExternal, type ExternalSession } from "./external-call.ts";
import type { IdentityDirectory } from "./identity-directory.ts";
import { expectStatus, urlNamed } from "./pairing-answers.ts";

/** Revokes the certificate of an identity, by itself (connector spec §7). Again is no failure. */
export async function revokeIdentity(
  directory: IdentityDirectory,
  session: Omit<ExternalSession, "trust" | "identity">,
  now: number,
): Promise<ConnectionRecord> {
  const { pair, trust, connection } = await directory.read();
  const url = urlNamed({ urls: connection.urls }, "revokeCertUrl", `connection.json in ${directory.path}`);
  const request = { method: "POST", url } as const;
  expectStatus(201, await callExternal(request, { ...session, trust, identity: pair }), request);
  const revokedAt = connection.revokedAt ?? new Date(now).toISOString();
  const revoked = { ...connection, revokedAt };
  await directory.note(revoked);
  return revoked;
}
