import { placeOf } from "./external-address.ts";
import { callExternal, type ExternalSession } from "./external-call.ts";
import { expectStatus, pairingInformation, type PairingInformation } from "./pairing-answers.ts";

export interface Verified {
  readonly information: PairingInformation;
  /** PEM of the authority at the top of the server's chain. */
  readonly authority: string;
}

/** Asks the management information under the session's certificate: whoever gets it is connected. */
export async function verifyIdentity(infoUrl: URL, session: ExternalSession): Promise<Verified> {
  const request = { method: "GET", url: infoUrl } as const;
  const answer = await callExternal(request, session);
  expectStatus(200, answer, request);
  return { information: pairingInformation(answer, placeOf(infoUrl)), authority: answer.authority };
}
