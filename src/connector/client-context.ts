import type { IncomingMessage } from "node:http";
import { clientIdentityOf, type ClientIdentity } from "../http/client-identity.ts";
import { identityFromHeader } from "../http/forwarded-client-certificate.ts";
import type { SubjectFields } from "../pki/subject-fields.ts";
import type { PairingPurpose } from "../stores/pairing-records.ts";
import type { ConnectorFailureCode } from "./failures.ts";
import { RUNTIME_NAME, type PairingContext } from "./pairing-context.ts";

/** Who asks, by its certificate. */
export interface Client {
  readonly kind: "client";
  readonly context: PairingContext;
  /** Lower-case hex SHA-256 of the DER; undefined where a proxy in front does not tell it. */
  readonly hash: string | undefined;
  /** Milliseconds since the epoch; undefined where it is not known. */
  readonly notAfter: number | undefined;
}

export interface NoClient {
  readonly kind: "refused";
  readonly code: ConnectorFailureCode;
}

export interface ClientRules {
  readonly fields: SubjectFields;
  readonly central: boolean;
  /** Whether a peer's X-Forwarded-Client-Cert is believed. */
  readonly trusts: (request: IncomingMessage) => boolean;
}

/**
 * Who a request's certificate says the caller is, if that is one for this purpose (connector spec §7). Behind
 * our ingress the identity comes within the process; the header counts from trusted proxies alone.
 */
export function clientOf(
  request: IncomingMessage,
  purpose: PairingPurpose,
  rules: ClientRules,
): Client | NoClient {
  const identity = identityOf(request, rules);
  if (typeof identity === "string") return refused(identity);
  const { subject, hash, notAfter } = identity;
  const { organization, organizationalUnit, commonName } = subject;
  if (!isOurs(identity, rules)) return refused("CONNECTOR_CERTIFICATE_NO_SUBJECT");
  if (rules.central && !(commonName && organization && organizationalUnit)) {
    return refused("CONNECTOR_CERTIFICATE_INCOMPLETE");
  }
  if (!commonName) return refused("CONNECTOR_CERTIFICATE_NO_NAME");
  const isRuntime = commonName === RUNTIME_NAME;
  if (isRuntime !== (purpose === "runtime")) {
    return refused(isRuntime ? "CONNECTOR_NOT_AN_APPLICATION" : "CONNECTOR_NOT_A_RUNTIME");
  }
  const context = {
    purpose,
    application: isRuntime ? "" : commonName,
    tenant: rules.central ? organization : undefined,
    group: rules.central ? organizationalUnit : undefined,
  };
  return { kind: "client", context, hash, notAfter };
}

function identityOf(
  request: IncomingMessage,
  { trusts }: ClientRules,
): ClientIdentity | ConnectorFailureCode {
  const identity = clientIdentityOf(request);
  if (identity) return identity;
  if (!trusts(request)) return "CONNECTOR_CERTIFICATE_NO_HEADER";
  const read = identityFromHeader(request.headersDistinct["x-forwarded-client-cert"] ?? []);
  if (read.kind === "empty") return "CONNECTOR_CERTIFICATE_NO_HEADER";
  return read.kind === "identity" ? read.identity : "CONNECTOR_CERTIFICATE_NO_SUBJECT";
}

/** Certificates of other installations are none of ours; in central mode O and OU tell the clients apart. */
function isOurs({ subject }: ClientIdentity, { fields, central }: ClientRules): boolean {
  if (subject.duplicated) return false;
  const { country, locality, province, organization, organizationalUnit } = subject;
  if (country !== fields.country || locality !== fields.locality || province !== fields.province)
    return false;
  return (
    central || (organization === fields.organization && organizationalUnit === fields.organizationalUnit)
  );
}

function refused(code: ConnectorFailureCode): NoClient {
  return { kind: "refused", code };
}
