import type { PairingPurpose } from "../../stores/pairing-records.ts";
import { jsonAnswer, refusal } from "../answer.ts";
import { certificateInfo, withToken, type EndpointParts } from "../endpoint-parts.ts";
import type { Endpoint } from "../router.ts";

/** GET /v1/{applications,runtimes}/signingRequests/info?token=… (connector spec §6). */
export function signingRequestInfo(parts: EndpointParts, purpose: PairingPurpose): Endpoint {
  const { urls, fields } = parts;
  return withToken(parts, purpose, async (_call, token) => {
    const { context } = token;
    // First what may fail: the token is used up only for an answer that the client can work with.
    const gatewayUrls = await urls.gatewayUrls(context);
    const certificatesUrl = urls.certificatesUrl(context);
    const api = { ...gatewayUrls, infoUrl: urls.infoUrl(context), certificatesUrl };
    const certificate = certificateInfo(context, fields);
    const next = await token.exchange();
    if (!next) return refusal("CONNECTOR_TOKEN_INVALID");
    const csrUrl = `${certificatesUrl}?token=${next.token}`;
    return { ...jsonAnswer(200, { csrUrl, api, certificate }), settle: next.settle };
  });
}
