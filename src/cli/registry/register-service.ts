import { CommandError } from "../command-error.ts";
import { textAt } from "../json-fields.ts";
import type { ExternalSession } from "../pairing/external-call.ts";
import { expectStatus } from "../pairing/pairing-answers.ts";
import { registrationRequest, type Registration } from "./registration-request.ts";
import { sendRegistration } from "./send-registration.ts";

export interface Registered {
  readonly id: string;
  readonly created: boolean;
  /** What the server accepts and advises against. */
  readonly warnings: readonly string[];
}

/** Registers a service, or replaces it. */
export async function registerService(
  registration: Registration,
  session: ExternalSession,
): Promise<Registered> {
  const request = await registrationRequest(registration, session);
  const answer = await sendRegistration(request, session);
  expectStatus(200, answer, request);
  const { warnings = [], body } = answer;
  const id = request.id ?? textAt(body, "id");
  if (id !== undefined) return { id, created: request.id === undefined, warnings };
  throw new CommandError(`${request.url.host} did not tell the id of the new service`);
}
