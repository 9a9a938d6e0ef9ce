import { randomUUID } from "node:crypto";
import type { PlainObject } from "../../core/plain-object.ts";
import { textAt, valueAt } from "../json-fields.ts";
import { callExternal, type ExternalRequest, type ExternalSession } from "../pairing/external-call.ts";
import { expectStatus } from "../pairing/pairing-answers.ts";

export interface Registration {
  /** Of the Application's services, with `/v1/metadata/services` at its end. */
  readonly services: URL;
  readonly definition: PlainObject;
  /** The service to replace; otherwise the one with the same identifier is replaced, if there is one. */
  readonly id: string | undefined;
}

export interface RegistrationRequest extends ExternalRequest {
  /** The service that is replaced; undefined: there will be a new one. */
  readonly id: string | undefined;
}

/** A list of some ten thousand services. */
const LONGEST = 64 * 1024 * 1024;

/** The request that registers a service or replaces it (registry spec §2). */
export async function registrationRequest(
  { services, definition, id }: Registration,
  session: ExternalSession,
): Promise<RegistrationRequest> {
  const known = id ?? (await withIdentifier(services, textAt(definition, "identifier"), session));
  if (known === undefined) {
    // A structured field: the quotes are part of it (RFC 8941 §3.3.3).
    const headers = { "Idempotency-Key": `"${randomUUID()}"` };
    return { method: "POST", url: services, body: definition, headers, id: undefined };
  }
  return { method: "PUT", url: below(services, known), body: definition, id: known };
}

async function withIdentifier(
  services: URL,
  identifier: string | undefined,
  session: ExternalSession,
): Promise<string | undefined> {
  if (!identifier) return undefined;
  const request = { method: "GET", url: services, longest: LONGEST } as const;
  const answer = await callExternal(request, session);
  expectStatus(200, answer, request);
  const list: readonly unknown[] = Array.isArray(answer.body) ? answer.body : [];
  return textAt(
    list.find((one) => valueAt(one, "identifier") === identifier),
    "id",
  );
}

function below(services: URL, id: string): URL {
  return new URL(`${services.pathname.replace(/\/$/, "")}/${encodeURIComponent(id)}`, services);
}
