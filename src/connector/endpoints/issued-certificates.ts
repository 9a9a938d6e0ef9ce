import { isStoreFailure } from "../../stores/store-failure.ts";
import type { CertificatePage, IssuedCertificate } from "../../stores/pairing-records.ts";
import { emptyAnswer, jsonAnswer, refusal } from "../answer.ts";
import type { EndpointParts } from "../endpoint-parts.ts";
import type { Call, Endpoint } from "../router.ts";
import { hashOf } from "./revocations.ts";

const USUAL_LIMIT = 100;
const LARGEST_LIMIT = 1000;

/**
 * GET /v1/applications/{name}/certificates of the internal API: what was issued, soonest end first. Without a
 * name in the path: the certificates of runtimes.
 */
export function issuedCertificates({ records }: EndpointParts): Endpoint {
  return async (call) => {
    const limit = limitOf(call);
    if (limit === undefined) {
      return refusal("CONNECTOR_BAD_QUERY", `limit is not a whole number from 1 to ${LARGEST_LIMIT}`);
    }
    const after = call.query.get("continue") ?? "";
    const filter = { application: call.parameters["name"] ?? "", includeRevoked: true };
    let page: CertificatePage;
    try {
      page = await records.certificates(filter, { limit, ...(after !== "" && { continue: after }) });
    } catch (error) {
      if (!isStoreFailure(error, "STORE_BAD_CONTINUE")) throw error;
      return refusal("CONNECTOR_BAD_QUERY", "continue is not what the page before gave");
    }
    return jsonAnswer(200, { items: page.items.map(shown), continue: page.continue });
  };
}

/** POST /v1/applications/{name}/certificates/revocations: as by fingerprint, but of this Application alone. */
export function revocationOf({ records, revoking, clock }: EndpointParts): Endpoint {
  return async (call) => {
    const hash = await hashOf(call, clock);
    if (typeof hash !== "string") return hash;
    const record = await records.certificate(hash);
    if (record?.application !== call.parameters["name"]) {
      return refusal("CONNECTOR_UNKNOWN_CERTIFICATE", "The Application");
    }
    await revoking.revoke({ hash, peer: call.peer });
    return emptyAnswer(201);
  };
}

function limitOf({ query }: Call): number | undefined {
  const written = query.get("limit");
  if (written === null) return USUAL_LIMIT;
  const limit = /^\d{1,4}$/.test(written) ? Number(written) : 0;
  return limit >= 1 && limit <= LARGEST_LIMIT ? limit : undefined;
}

function shown(certificate: IssuedCertificate): object {
  const { hash, serial, issuer, application, tenant, group, subject } = certificate;
  const { requestedFrom, renewedFrom, notBefore, notAfter, issuedAt, revokedAt } = certificate;
  return {
    ...{ hash, serial, issuer, application, tenant, group, subject },
    notBefore: date(notBefore),
    notAfter: date(notAfter),
    issuedAt: date(issuedAt),
    revokedAt: revokedAt === undefined ? undefined : date(revokedAt),
    requestedFrom,
    renewedFrom,
  };
}

function date(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
