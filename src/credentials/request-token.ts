import { exchange, type ExchangeEdge } from "../outbound/exchange.ts";
import type { ExchangeRequest } from "../outbound/exchange-request.ts";
import { credentialFailure, type CredentialFailure } from "./failures.ts";
import { parseTokenResponse, type IssuedToken } from "./token-response.ts";

/** Sends a token request and reads the answer. `shown` names the endpoint in texts. */
export async function requestToken(
  request: ExchangeRequest,
  shown: string,
  edge: ExchangeEdge,
): Promise<IssuedToken | CredentialFailure> {
  const answer = await exchange(request, edge);
  if (answer.kind === "no-answer") {
    const { phase, reason } = answer;
    const code = phase === "body" ? "CREDENTIALS_TOKEN_UNREADABLE" : "CREDENTIALS_TOKEN_UNREACHABLE";
    return credentialFailure(code, shown, reason);
  }
  // Exactly 200: other successes carry no token in any server that is known (gateway spec §9).
  if (answer.status !== 200) return credentialFailure("CREDENTIALS_TOKEN_REFUSED", answer.status, shown);
  return parseTokenResponse(answer.body);
}
