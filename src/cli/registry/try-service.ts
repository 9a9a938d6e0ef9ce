import { CommandError } from "../command-error.ts";
import { valueAt } from "../json-fields.ts";
import { callExternal, type ExternalSession } from "../pairing/external-call.ts";
import { expectStatus } from "../pairing/pairing-answers.ts";
import { registrationRequest, type Registration } from "./registration-request.ts";

export interface Tried {
  /** The service that would be replaced. */
  readonly id: string | undefined;
  /** What the server found: `documents`, `warnings`, and `error` where it would refuse them. */
  readonly found: unknown;
  /** Throws what the server would refuse the service with. */
  readonly expectAccepted: () => void;
}

/** As many findings as there may be. */
const LONGEST = 16 * 1024 * 1024;

/** Asks for a dry run of a registration or change. */
export async function tryService(registration: Registration, session: ExternalSession): Promise<Tried> {
  const { id, url, ...request } = await registrationRequest(registration, session);
  const tried = { ...request, url: new URL("?dryRun=true", url), longest: LONGEST };
  const answer = await callExternal(tried, session);
  const expectAccepted = () => expectStatus(200, answer, tried);
  if (valueAt(answer.body, "dryRun") === true) return { id, found: answer.body, expectAccepted };
  expectAccepted();
  // Parameters that a server does not know it passes over.
  throw new CommandError(`${url.host} knows no dry runs: the service may be registered now`);
}
