import { algorithmOf, advisedAlgorithm, type KeyAlgorithm } from "./client-key.ts";
import type { ConnectionRecord } from "./connection-record.ts";
import { placeOf } from "./external-address.ts";
import type { ExternalSession } from "./external-call.ts";
import type { IdentityDirectory } from "./identity-directory.ts";
import { identityFiles } from "./pair.ts";
import { urlNamed } from "./pairing-answers.ts";
import { refuseEnded } from "./refuse-ended.ts";
import { certificateFacts, requestCertificate } from "./request-certificate.ts";
import { verifyIdentity } from "./verify-identity.ts";

export interface RenewalOrder {
  readonly directory: IdentityDirectory;
  /** Like the key before where absent. */
  readonly algorithm?: KeyAlgorithm | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * A new key and certificate in the place of the old, asked for under the old (connector spec §7). The new pair
 * is tried before the old one goes; the server keeps to the old certificate until its end.
 */
export async function renewIdentity(
  { directory, algorithm, now }: RenewalOrder,
  session: Omit<ExternalSession, "trust" | "identity">,
): Promise<ConnectionRecord> {
  const identity = await directory.read();
  refuseEnded(identity, directory.path, now);
  const { pair, trust, connection } = identity;
  const infoUrl = urlNamed({ urls: connection.urls }, "infoUrl", `connection.json in ${directory.path}`);
  const old: ExternalSession = { ...session, trust, identity: pair };
  // Told anew each time: a renewal needs nothing that was stored, and follows a server that has moved.
  const { information } = await verifyIdentity(infoUrl, old);
  const { wanted } = information;
  const url = urlNamed(information, "renewCertUrl", placeOf(infoUrl));
  const chosen = algorithm ?? algorithmOf(pair.key) ?? advisedAlgorithm(wanted.keyAlgorithm);
  const issued = await requestCertificate({ url, wanted, algorithm: chosen, now }, old);
  const renewed = { certificate: issued.chain, key: issued.key };
  const { authority } = await verifyIdentity(infoUrl, { ...old, identity: renewed });
  const record: ConnectionRecord = {
    ...connection,
    application: wanted.commonName,
    subject: wanted.subjectText,
    ...certificateFacts(issued),
    urls: { ...connection.urls, ...information.urls },
  };
  const authorities = trust.kind === "system" ? authority : trust.authorities;
  await directory.replace(identityFiles(issued, record, authorities));
  return record;
}
