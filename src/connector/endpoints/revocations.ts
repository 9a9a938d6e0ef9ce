import type { Clock } from "../../core/clock.ts";
import type { PairingPurpose } from "../../stores/pairing-records.ts";
import { emptyAnswer, refusal, type Answer } from "../answer.ts";
import { withCertificate, type EndpointParts } from "../endpoint-parts.ts";
import { jsonMember } from "../json-member.ts";
import { readBody } from "../read-body.ts";
import { normaliseHash } from "../revoke.ts";
import type { Call, Endpoint } from "../router.ts";

/** POST …/certificates/revocations under the certificate itself; the body is not looked at (connector spec §7). */
export function ownRevocation(parts: EndpointParts, purpose: PairingPurpose): Endpoint {
  return withCertificate(parts, purpose, async ({ peer }, { hash, notAfter }) => {
    if (hash === undefined) return refusal("CONNECTOR_CERTIFICATE_NO_HASH");
    await parts.revoking.revoke({ hash, peer, notAfter });
    return emptyAnswer(201);
  });
}

/** POST …/certificates/revocations of the internal API, by fingerprint (connector spec §5). */
export function revocation(parts: EndpointParts): Endpoint {
  return async (call) => {
    const hash = await hashOf(call, parts.clock);
    if (typeof hash !== "string") return hash;
    await parts.revoking.revoke({ hash, peer: call.peer });
    return emptyAnswer(201);
  };
}

/** The fingerprint in the body of a request, normalised, or why there is none. */
export async function hashOf({ request }: Call, clock: Clock): Promise<string | Answer> {
  const body = await readBody(request, clock);
  if (body.kind === "too-large") return refusal("CONNECTOR_BODY_TOO_LARGE");
  if (body.kind === "unfinished") return refusal("CONNECTOR_BODY_UNFINISHED");
  const member = jsonMember(body.bytes, "hash");
  if (member.kind === "unreadable") return refusal("CONNECTOR_HASH_UNREADABLE", member.detail);
  if (member.value === "") return refusal("CONNECTOR_HASH_UNREADABLE", "certificate hash value not provided");
  const hash = normaliseHash(member.value);
  return hash ?? refusal("CONNECTOR_HASH_UNREADABLE", "certificate hash is not a SHA-256 of 64 hex digits");
}
