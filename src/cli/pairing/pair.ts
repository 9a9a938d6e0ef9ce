import type { KeyAlgorithm } from "./client-key.ts";
import { advisedAlgorithm } from "./client-key.ts";
import { CommandError } from "../command-error.ts";
import { formatConnection, type ConnectionRecord } from "./connection-record.ts";
import { placeOf } from "./external-address.ts";
import { callExternal, type ExternalAnswer, type ExternalSession } from "./external-call.ts";
import { ExternalRefusal } from "./external-problem.ts";
import type { IdentityDirectory } from "./identity-directory.ts";
import { expectStatus, pairingInformation, urlNamed } from "./pairing-answers.ts";
import type { PairingLink } from "./pairing-link.ts";
import { PendingPairing } from "./pending-pairing.ts";
import { certificateFacts, requestCertificate, type NewPair } from "./request-certificate.ts";
import { verifyIdentity } from "./verify-identity.ts";

export interface PairingOrder {
  readonly link: PairingLink;
  readonly directory: IdentityDirectory;
  /** What the server advises where absent. */
  readonly algorithm?: KeyAlgorithm | undefined;
  /** Milliseconds since the epoch. */
  readonly now: number;
}

/**
 * Turns a link into an identity (connector spec §4): information, key and request, certificate. It is on disk
 * before anything else is tried, since the link works only once; whatever fails before that can be repeated
 * with the same link as long as its token is unspent.
 */
export async function pair(order: PairingOrder, session: ExternalSession): Promise<ConnectionRecord> {
  const { link, directory, now } = order;
  const pending = new PendingPairing(directory.path, link.fingerprint);
  const told = (await pending.read()) ?? (await ask(link, session, pending));
  const place = placeOf(link.url);
  const information = pairingInformation(told, place);
  const { wanted, urls } = information;
  const algorithm = order.algorithm ?? advisedAlgorithm(wanted.keyAlgorithm);
  const url = urlNamed(information, "csrUrl", place);
  const issued = await withSpentLink(pending, () =>
    requestCertificate({ url, wanted, algorithm, now }, session),
  );
  const { csrUrl: _secret, ...lasting } = urls;
  const record: ConnectionRecord = {
    application: wanted.commonName,
    subject: wanted.subjectText,
    ...certificateFacts(issued),
    serverTrust: session.trust.kind,
    urls: lasting,
    pairedWith: link.fingerprint,
  };
  await directory.replace(identityFiles(issued, record, session.trust.authorities || told.authority));
  await pending.remove();
  return record;
}

/** The files of a pair. */
export function identityFiles(issued: NewPair, record: ConnectionRecord, serverAuthorities: string) {
  return {
    "client.key": issued.key,
    "client.crt": issued.chain,
    "client-ca.crt": issued.authorities,
    "server-ca.crt": serverAuthorities,
    "connection.json": formatConnection(record),
  };
}

/** Calls as the new identity, and notes what only that call tells: the URLs for renewal and revocation. */
export async function completeConnection(
  directory: IdentityDirectory,
  session: Omit<ExternalSession, "trust" | "identity">,
): Promise<ConnectionRecord> {
  const present = await directory.read();
  const { pair: identity, trust, connection } = present;
  const place = `connection.json in ${directory.path}`;
  const infoUrl = urlNamed({ urls: connection.urls }, "infoUrl", place);
  const { information, authority } = await verifyIdentity(infoUrl, { ...session, trust, identity });
  const complete = { ...connection, urls: { ...connection.urls, ...information.urls } };
  await directory.note(present, complete, trust.kind === "system" ? authority : undefined);
  return complete;
}

async function ask(
  { url }: PairingLink,
  session: ExternalSession,
  pending: PendingPairing,
): Promise<ExternalAnswer> {
  const request = { method: "GET", url } as const;
  const answer = await withSpentLink(pending, async () => {
    const told = await callExternal(request, session);
    expectStatus(200, told, request);
    return told;
  });
  // An answer that makes no sense is no reason to try nothing else the next time.
  pairingInformation(answer, placeOf(url));
  await pending.write(answer);
  return answer;
}

async function withSpentLink<Result>(pending: PendingPairing, call: () => Promise<Result>): Promise<Result> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    if (!(error instanceof ExternalRefusal)) {
      const again = "Repeat this command: the link still works unless the server has used its token already.";
      throw new CommandError(`${error.message}\n${again}`, { cause: error });
    }
    if (error.status !== 403) throw error;
    await pending.remove();
    throw new CommandError(
      `${error.message}\nThe link was used already, or its time is over: it works once and for minutes only. ` +
        "Ask for a new one (`appconn token create APPLICATION`)",
      { cause: error },
    );
  }
}
