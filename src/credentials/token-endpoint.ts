import type { ExchangeEdge } from "../outbound/exchange.ts";
import type { TlsIdentity } from "../outbound/tls-identity.ts";
import type { ClientProof, ProveClient } from "./client-authentication.ts";
import type { Endpoint } from "./endpoint.ts";
import type { CredentialFailure } from "./failures.ts";
import type { FormField } from "./form-encoding.ts";
import { requestToken, type TokenEdge } from "./request-token.ts";
import { tokenRequest } from "./token-request.ts";
import type { IssuedToken } from "./token-response.ts";

export interface TokenEndpointParts {
  readonly endpoint: Endpoint;
  readonly prove: ProveClient;
  /** Flat; see TokenRequest. */
  readonly customHeaders: readonly string[];
  readonly tls: TlsIdentity;
  readonly edge: Omit<ExchangeEdge, "signal">;
}

/** A token endpoint, and how one client asks it for tokens. */
export class TokenEndpoint {
  readonly #parts: TokenEndpointParts;

  constructor(parts: TokenEndpointParts) {
    this.#parts = parts;
  }

  /** `grant` is all of the form but what proves the client. */
  async request(
    grant: readonly FormField[],
    asked: Pick<TokenEdge, "signal" | "readRefusal">,
  ): Promise<IssuedToken | CredentialFailure> {
    const { endpoint, prove, customHeaders, tls, edge } = this.#parts;
    const proof = await prove();
    const { headers } = proof;
    const form = formOf(proof, grant);
    // A provider may have kept the `jti` of an assertion whose request was lost behind it (RFC 7523 §3).
    const formAgain = async () => formOf(await prove(), grant);
    const request = tokenRequest({ endpoint, headers, customHeaders, form, formAgain, tls });
    return requestToken(request, endpoint.shown, { ...edge, ...asked });
  }
}

function formOf({ identity, assertion }: ClientProof, grant: readonly FormField[]): FormField[] {
  return [...identity, ...grant, ...assertion];
}
