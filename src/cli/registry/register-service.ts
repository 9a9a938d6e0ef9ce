import type { PlainObject } from "../../core/plain-object.ts";
import { CommandError } from "../command-error.ts";
import { textAt, valueAt } from "../json-fields.ts";
import {
  callExternal,
  type ExternalAnswer,
  type ExternalRequest,
  type ExternalSession,
} from "../pairing/external-call.ts";
import { expectStatus } from "../pairing/pairing-answers.ts";

export interface Registration {
  /** Of the Application's services, with `/v1/metadata/services` at its end. */
  readonly services: URL;
  readonly definition: PlainObject;
  /** The service to replace; otherwise the one with the same identifier is replaced, if there is one. */
  readonly id: string | undefined;
}

export interface Registered {
  readonly id: string;
  readonly created: boolean;
  /** What the server accepts and advises against. */
  readonly warnings: readonly string[];
}

/** A list of some ten thousand services. */
const LONGEST = 64 * 1024 * 1024;

/** Registers a service, or replaces it (registry spec §2). */
export async function registerService(
  { services, definition, id }: Registration,
  session: ExternalSession,
): Promise<Registered> {
  const known = id ?? (await withIdentifier(services, textAt(definition, "identifier"), session));
  if (known !== undefined) {
    const url = below(services, known);
    const { warnings = [] } = await call({ method: "PUT", url, body: definition }, session);
    return { id: known, created: false, warnings };
  }
  const { body, warnings = [] } = await call({ method: "POST", url: services, body: definition }, session);
  const made = textAt(body, "id");
  if (made !== undefined) return { id: made, created: true, warnings };
  throw new CommandError(`${services.host} did not tell the id of the new service`);
}

async function withIdentifier(
  services: URL,
  identifier: string | undefined,
  session: ExternalSession,
): Promise<string | undefined> {
  if (!identifier) return undefined;
  const { body: list } = await call({ method: "GET", url: services, longest: LONGEST }, session);
  const found = (Array.isArray(list) ? list : []).find((one) => valueAt(one, "identifier") === identifier);
  return textAt(found, "id");
}

async function call(request: ExternalRequest, session: ExternalSession): Promise<ExternalAnswer> {
  const answer = await callExternal(request, session);
  expectStatus(200, answer, request);
  return answer;
}

function below(services: URL, id: string): URL {
  return new URL(`${services.pathname.replace(/\/$/, "")}/${encodeURIComponent(id)}`, services);
}
