import type { IncomingMessage } from "node:http";
import type { Clock } from "../core/clock.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import { subjectText, type SubjectFields } from "../pki/subject-fields.ts";
import type { PairingPurpose, PairingRecords } from "../stores/pairing-records.ts";
import { notice } from "../telemetry/notice.ts";
import { noticedByAll } from "../telemetry/noticed-object.ts";
import { refusal, type Answer } from "./answer.ts";
import { clientOf, type Client } from "./client-context.ts";
import type { CertificateIssuer } from "./issue-certificate.ts";
import { certificateNameOf, subjectFieldsOf, type PairingContext } from "./pairing-context.ts";
import type { ClaimedToken, PairingTokens } from "./pairing-tokens.ts";
import type { PublicUrls } from "./public-urls.ts";
import type { Revoking } from "./revoke.ts";
import type { Call, Endpoint } from "./router.ts";

/** What endpoints answer from. */
export interface EndpointParts {
  readonly fields: SubjectFields;
  readonly central: boolean;
  /** Milliseconds. */
  readonly validities: Readonly<Record<PairingPurpose, number>>;
  readonly records: PairingRecords;
  readonly tokens: PairingTokens;
  readonly urls: PublicUrls;
  readonly issuer: CertificateIssuer;
  readonly revoking: Revoking;
  /** undefined where the list was never read. */
  readonly revoked: (hash: string) => boolean | undefined;
  readonly trusts: (request: IncomingMessage) => boolean;
  readonly clock: Clock;
}

/** What clients are told of the certificate they are to ask for (connector spec §§6, 7). */
export function certificateInfo(context: PairingContext, fields: SubjectFields): object {
  const subject = subjectText(subjectFieldsOf(context, fields), certificateNameOf(context));
  return { subject, extensions: "", "key-algorithm": "rsa2048" };
}

/** An endpoint for the holder of a token, which is free again unless the endpoint used it up. */
export function withToken(
  { tokens }: Pick<EndpointParts, "tokens">,
  purpose: PairingPurpose,
  endpoint: (call: Call, token: ClaimedToken) => Promise<Answer>,
): Endpoint {
  return async (call) => {
    const presented = tokenOf(call);
    if (presented === "") return refusal("CONNECTOR_TOKEN_MISSING");
    let claimed: ClaimedToken | undefined;
    try {
      claimed = await tokens.claim(presented, purpose);
    } catch (error) {
      if (isStoreFailure(error)) return refusal("CONNECTOR_TOKEN_UNREADABLE");
      throw error;
    }
    if (!claimed) {
      // Whose it was is not known any more, and anybody may send any.
      notice(
        noticedByAll,
        "PairingTokenRefused",
        "a pairing token that is unknown, used or expired was shown",
      );
      return refusal("CONNECTOR_TOKEN_INVALID");
    }
    await using token = claimed;
    return await endpoint(call, token);
  };
}

/** The header is that of the Compass adapter, and goes before the query there (connector spec §14). */
function tokenOf({ request, query }: Call): string {
  const [header = ""] = request.headersDistinct["connector-token"] ?? [];
  return header || (query.get("token") ?? "");
}

/** An endpoint for the holder of a client certificate. */
export function withCertificate(
  parts: EndpointParts,
  purpose: PairingPurpose,
  endpoint: (call: Call, client: Client) => Promise<Answer>,
): Endpoint {
  return async (call) => {
    const client = clientOf(call.request, purpose, parts);
    return client.kind === "refused" ? refusal(client.code) : endpoint(call, client);
  };
}

/** Why a certificate does not count any more, or cannot be told to; undefined where it counts. */
export function revocationProblem(
  { revoked }: Pick<EndpointParts, "revoked">,
  hash: string,
): Answer | undefined {
  const isRevoked = revoked(hash);
  if (isRevoked === undefined) return refusal("CONNECTOR_REVOCATIONS_UNREAD");
  return isRevoked ? refusal("CONNECTOR_REVOKED") : undefined;
}
