import type { PairingPurpose } from "../../stores/pairing-records.ts";
import { jsonAnswer } from "../answer.ts";
import type { Client } from "../client-context.ts";
import {
  certificateInfo,
  revocationProblem,
  withCertificate,
  type EndpointParts,
} from "../endpoint-parts.ts";
import type { Endpoint } from "../router.ts";

/** GET /v1/{applications,runtimes}/management/info under a client certificate (connector spec §7). */
export function managementInfo(parts: EndpointParts, purpose: PairingPurpose): Endpoint {
  const { urls, fields } = parts;
  return withCertificate(parts, purpose, async (_call, client) => {
    const { context, hash } = client;
    const problem = hash === undefined ? undefined : revocationProblem(parts, hash);
    if (problem) return problem;
    const { application, group, tenant } = context;
    const body = {
      // What is empty or not known is left out, by JSON and by the original alike.
      clientIdentity: { application: application || undefined, group, tenant },
      urls: {
        ...(await urls.gatewayUrls(context)),
        renewCertUrl: urls.renewCertUrl(context),
        revokeCertUrl: urls.revokeCertUrl(context),
      },
      certificate: certificateInfo(context, fields),
    };
    return jsonAnswer(200, body, await renewalHint(parts, client));
  });
}

/** When two thirds of the certificate's life are over (connector spec §§18, 21); nothing where that is not known. */
async function renewalHint(
  { records, validities }: EndpointParts,
  { hash, notAfter: known, context }: Client,
): Promise<Record<string, string>> {
  const record = hash === undefined ? undefined : await records.certificate(hash).catch(() => undefined);
  const notAfter = record?.notAfter ?? known;
  if (notAfter === undefined) return {};
  const life = record ? record.notAfter - record.notBefore : validities[context.purpose];
  return { "Renew-After": new Date(notAfter - life / 3).toUTCString() };
}
