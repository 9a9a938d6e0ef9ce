import type { PairingPurpose } from "../stores/pairing-records.ts";
import { API_DOCUMENT } from "./api-document.ts";
import {
  retireAuthority,
  rotateAuthority,
  showAuthority,
  type AuthorityParts,
} from "./endpoints/authority.ts";
import { certificates } from "./endpoints/certificates.ts";
import { createToken } from "./endpoints/create-token.ts";
import { document, health, redirectToDocument, revocationList } from "./endpoints/documents.ts";
import { issuedCertificates, revocationOf } from "./endpoints/issued-certificates.ts";
import { managementInfo } from "./endpoints/management-info.ts";
import { renewals } from "./endpoints/renewals.ts";
import { ownRevocation, revocation } from "./endpoints/revocations.ts";
import { signingRequestInfo } from "./endpoints/signing-request-info.ts";
import type { EndpointParts } from "./endpoint-parts.ts";
import type { PublishedList } from "./revocation-list.ts";
import type { Endpoint, Route } from "./router.ts";

const get = (template: string, endpoint: Endpoint): Route => ({ method: "GET", template, endpoint });
const post = (template: string, endpoint: Endpoint): Route => ({ method: "POST", template, endpoint });

const HEALTH = get("/v1/health", health);

/** `/v1/applications`, and `/v1/runtimes` where tenants are told apart. */
function kinds({ central }: EndpointParts): readonly (readonly [base: string, PairingPurpose])[] {
  const applications = ["/v1/applications", "application"] as const;
  return central ? [applications, ["/v1/runtimes", "runtime"]] : [applications];
}

/** For administrators (connector spec §§5, 21); who may call it is decided in front. */
export function internalRoutes(parts: AuthorityParts, list: PublishedList): readonly Route[] {
  return [
    HEALTH,
    ...kinds(parts).flatMap(([base, purpose]) => [
      post(`${base}/tokens`, createToken(parts, purpose)),
      post(`${base}/certificates/revocations`, revocation(parts)),
    ]),
    get("/v1/applications/{name}/certificates", issuedCertificates(parts)),
    ...(parts.central ? [get("/v1/runtimes/certificates", issuedCertificates(parts))] : []),
    post("/v1/applications/{name}/certificates/revocations", revocationOf(parts)),
    get("/v1/ca", showAuthority(parts)),
    post("/v1/ca/rotations", rotateAuthority(parts)),
    post("/v1/ca/retirements", retireAuthority(parts)),
    get("/v1/ca.crl", revocationList(list)),
  ];
}

/** For those who have a token, or nothing (connector spec §6). */
export function tokenRoutes(parts: EndpointParts, list: PublishedList, modified: Date): readonly Route[] {
  return [
    HEALTH,
    ...kinds(parts).flatMap(([base, purpose]) => [
      get(`${base}/signingRequests/info`, signingRequestInfo(parts, purpose)),
      post(`${base}/certificates`, certificates(parts, purpose)),
    ]),
    get("/v1", redirectToDocument),
    get("/v1/api.yaml", document(API_DOCUMENT, modified)),
    get("/v1/ca.crl", revocationList(list)),
  ];
}

/** For those who have a client certificate (connector spec §7). */
export function certificateRoutes(parts: EndpointParts): readonly Route[] {
  return [
    HEALTH,
    ...kinds(parts).flatMap(([base, purpose]) => [
      get(`${base}/management/info`, managementInfo(parts, purpose)),
      post(`${base}/certificates/renewals`, renewals(parts, purpose)),
      post(`${base}/certificates/revocations`, ownRevocation(parts, purpose)),
    ]),
  ];
}
