import type { ExchangeFailure } from "../outbound/answer-receiver.ts";
import { exchange, type ExchangeEdge } from "../outbound/exchange.ts";
import type { ExchangeRequest } from "../outbound/exchange-request.ts";
import { credentialFailure, type CredentialFailure, type CredentialFailureCode } from "./failures.ts";
import { parseTokenResponse, type IssuedToken } from "./token-response.ts";

/** A refusal that says more than its status; undefined where it does not. The body is in no text. */
export type ReadRefusal = (status: number, body: Buffer) => CredentialFailure | undefined;

export interface TokenEdge extends ExchangeEdge {
  readonly readRefusal?: ReadRefusal;
}

/** Sends a token request and reads the answer. `shown` names the endpoint in texts. */
export async function requestToken(
  request: ExchangeRequest,
  shown: string,
  edge: TokenEdge,
): Promise<IssuedToken | CredentialFailure> {
  const answer = await exchange(request, edge);
  if (answer.kind === "no-answer") {
    return credentialFailure(codeOf(answer), shown, answer.reason);
  }
  // Exactly 200: other successes carry no token in any server that is known (gateway spec §9).
  if (answer.status !== 200) {
    const read = edge.readRefusal?.(answer.status, answer.body);
    return read ?? credentialFailure("CREDENTIALS_TOKEN_REFUSED", answer.status, shown);
  }
  return parseTokenResponse(answer.body);
}

function codeOf({ phase, refusedByPolicy }: ExchangeFailure): CredentialFailureCode {
  if (refusedByPolicy) return "CREDENTIALS_TOKEN_NOT_ALLOWED";
  return phase === "body" ? "CREDENTIALS_TOKEN_UNREADABLE" : "CREDENTIALS_TOKEN_UNREACHABLE";
}
