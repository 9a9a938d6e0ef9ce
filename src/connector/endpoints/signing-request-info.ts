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
    const next = await token.exchange();
    if (!next) return refusal("CONNECTOR_TOKEN_INVALID");
    const certificatesUrl = urls.certificatesUrl(context);
    return jsonAnswer(200, {
      csrUrl: `${certificatesUrl}?token=${next.token}`,
      api: { ...gatewayUrls, infoUrl: urls.infoUrl(context), certificatesUrl },
      certificate: certificateInfo(context, fields),
    });
  });
}
