import type { ExchangeRequest } from "../outbound/exchange-request.ts";
import type { TlsIdentity } from "../outbound/tls-identity.ts";
import type { Endpoint } from "./endpoint.ts";
import { formBody, type FormField } from "./form-encoding.ts";

/** The answer of a token endpoint that is larger than this is not one. */
const MAX_TOKEN_RESPONSE = 1024 * 1024;

export interface TokenRequest {
  readonly endpoint: Endpoint;
  /** Flat; of the request itself. */
  readonly headers: readonly string[];
  /** Flat; from the Secret, each added only where the request has none of that name. */
  readonly customHeaders: readonly string[];
  readonly form: readonly FormField[];
  /** Makes the form for a second try, where its proof of the client is good for one. */
  readonly formAgain?: () => Promise<readonly FormField[]>;
  readonly tls: TlsIdentity;
}

const CONTENT_TYPE = ["Content-Type", "application/x-www-form-urlencoded"] as const;

/** The request of gateway spec §9. */
export function tokenRequest(request: TokenRequest): ExchangeRequest {
  const { endpoint, headers, customHeaders, form, formAgain, tls } = request;
  return {
    method: "POST",
    origin: endpoint.origin,
    disguised: endpoint.disguised,
    path: endpoint.path,
    headers: CONTENT_TYPE,
    privateHeaders: [...headers, ...missing(customHeaders, [...headers, ...CONTENT_TYPE])],
    body: Buffer.from(formBody(form)),
    renewBody: formAgain && (async () => Buffer.from(formBody(await formAgain()))),
    tls,
    responseBody: "buffer",
    maxResponseBytes: MAX_TOKEN_RESPONSE,
  };
}

function missing(custom: readonly string[], present: readonly string[]): string[] {
  const names = new Set(present.filter((_, index) => index % 2 === 0).map((name) => name.toLowerCase()));
  return custom.filter((_, index) => !names.has((custom[index - (index % 2)] ?? "").toLowerCase()));
}
