import { X509Certificate } from "node:crypto";
import { Failure } from "../../core/failures.ts";
import type { AuthorityCertificate, ClientAuthority } from "../../pki/client-authority.ts";
import { isIssuedBy } from "../../pki/trust-bundle.ts";
import type { PairingRecords } from "../../stores/pairing-records.ts";
import { emptyAnswer, jsonAnswer, refusal, type Answer } from "../answer.ts";
import { eachCertificate } from "../each-certificate.ts";
import { PairingSteps } from "../pairing-steps.ts";
import type { Call, Endpoint } from "../router.ts";
import type { EndpointParts } from "../endpoint-parts.ts";
import { hashOf } from "./revocations.ts";

export interface AuthorityParts extends EndpointParts {
  readonly authority: ClientAuthority;
}

/** GET /v1/ca of the internal API: who signs, who is trusted, and how many certificates rest on each. */
export function showAuthority(parts: AuthorityParts): Endpoint {
  return async () => jsonAnswer(200, await described(parts));
}

/**
 * POST /v1/ca/rotations: another authority signs from now on, and the old one counts until it is retired;
 * with compromised=true nothing else counts from now on.
 */
export function rotateAuthority(parts: AuthorityParts): Endpoint {
  const { authority } = parts;
  return change(parts, ({ query }) =>
    query.get("compromised") === "true" ? authority.replaceCompromised() : authority.rotate(),
  );
}

/** POST /v1/ca/retirements with the hash of an old authority: its certificates do not count any more. */
export function retireAuthority({ authority, clock }: AuthorityParts): Endpoint {
  return async (call) => {
    const hash = await hashOf(call, clock);
    if (typeof hash !== "string") return hash;
    try {
      const retirement = await authority.retire(hash);
      if (retirement === "unknown") return refusal("CONNECTOR_UNKNOWN_CERTIFICATE", "The authority");
      if (retirement === "in-use") return refusal("CONNECTOR_AUTHORITY_REFUSED", "it is the one that signs");
    } catch (error) {
      return refusedChange(error);
    }
    return emptyAnswer(201);
  };
}

function change(parts: AuthorityParts, act: (call: Call) => Promise<AuthorityCertificate>): Endpoint {
  return async (call) => {
    const steps = PairingSteps.begin("rotate", { peer: call.peer });
    try {
      const { hash, notAfter } = await act(call);
      steps.succeeded({ hash, notAfter });
    } catch (error) {
      steps.failed(error instanceof Failure ? error.message : "Internal error.");
      return refusedChange(error);
    }
    return jsonAnswer(201, await described(parts));
  };
}

function refusedChange(error: unknown): Answer {
  if (error instanceof Failure) return refusal("CONNECTOR_AUTHORITY_REFUSED", error.message);
  throw error;
}

async function described({ authority, records, clock }: AuthorityParts): Promise<object> {
  const trusted = placed(authority.trusted);
  const issued = new Map<string, number>();
  for (const { hash } of trusted) {
    // eslint-disable-next-line no-await-in-loop -- a handful
    issued.set(hash, await liveCount(records, hash, clock.now()));
  }
  return {
    issuer: shown(authority.issuer),
    trusted: trusted.map((one) => ({
      ...shown(one),
      issuedBy: one.issuedBy,
      liveCertificates: restingOn(one.hash, trusted, issued),
    })),
    bundle: authority.bundle.join(""),
  };
}

interface PlacedAuthority extends AuthorityCertificate {
  /** Hash of the trusted authority above it; undefined for a root, and where that one is not trusted itself. */
  readonly issuedBy: string | undefined;
}

function placed(trusted: readonly AuthorityCertificate[]): readonly PlacedAuthority[] {
  const parsed = trusted.map(({ certificate, hash }) => ({ hash, read: new X509Certificate(certificate) }));
  return trusted.map((one, index) => {
    const below = parsed[index]?.read as X509Certificate;
    const above = parsed.find(({ hash, read }) => hash !== one.hash && isIssuedBy(below, read));
    return { ...one, issuedBy: above?.hash };
  });
}

/** Retiring a root retires what it issued: whatever rests on an issuer rests on its root too. */
function restingOn(
  hash: string,
  trusted: readonly PlacedAuthority[],
  issued: ReadonlyMap<string, number>,
): number {
  const below = trusted.filter(({ issuedBy }) => issuedBy === hash);
  return below.reduce((sum, one) => sum + restingOn(one.hash, trusted, issued), issued.get(hash) ?? 0);
}

/** Neither at their end nor revoked: for them the issuer must stay trusted. */
async function liveCount(records: PairingRecords, issuer: string, now: number): Promise<number> {
  let count = 0;
  for await (const _ of eachCertificate(records, { issuer, expiresAfter: now })) count++;
  return count;
}

function shown({ name, hash, notBefore, notAfter, certificate }: AuthorityCertificate): object {
  return {
    name,
    hash,
    notBefore: new Date(notBefore).toISOString(),
    notAfter: new Date(notAfter).toISOString(),
    certificate,
  };
}
