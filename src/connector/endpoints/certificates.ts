import type { PairingPurpose } from "../../stores/pairing-records.ts";
import { withToken, type EndpointParts } from "../endpoint-parts.ts";
import type { Endpoint } from "../router.ts";

/** POST /v1/{applications,runtimes}/certificates?token=… (connector spec §6). */
export function certificates(parts: EndpointParts, purpose: PairingPurpose): Endpoint {
  return withToken(parts, purpose, (call, token) =>
    parts.issuer.issue({
      call,
      context: token.context,
      renewedFrom: undefined,
      record: (issued) => token.redeem(issued),
    }),
  );
}
