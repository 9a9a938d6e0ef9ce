import type { PairingPurpose } from "../../stores/pairing-records.ts";
import { refusal } from "../answer.ts";
import { revocationProblem, withCertificate, type EndpointParts } from "../endpoint-parts.ts";
import type { Endpoint } from "../router.ts";

/** POST /v1/{applications,runtimes}/certificates/renewals under a client certificate (connector spec §7). */
export function renewals(parts: EndpointParts, purpose: PairingPurpose): Endpoint {
  return withCertificate(parts, purpose, async (call, { context, hash }) => {
    if (hash === undefined) return refusal("CONNECTOR_CERTIFICATE_NO_HASH");
    const problem = revocationProblem(parts, hash);
    if (problem) return problem;
    return parts.issuer.issue({
      call,
      context,
      renewedFrom: hash,
      record: async (issued) => {
        await parts.records.recordCertificate(issued);
        return true;
      },
    });
  });
}
