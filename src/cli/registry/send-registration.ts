import { setTimeout as pause } from "node:timers/promises";
import { callExternal, type ExternalAnswer, type ExternalSession } from "../pairing/external-call.ts";
import type { RegistrationRequest } from "./registration-request.ts";

/** Milliseconds before each further try. */
const PAUSES = [250, 1000];

/**
 * Sends a registration again where the connection was lost before the answer: it may have been done or not. A
 * change may be done twice, and a new service has a key by which the server knows it again (registry spec §10).
 */
export async function sendRegistration(
  request: RegistrationRequest,
  session: ExternalSession,
): Promise<ExternalAnswer> {
  const { signal } = session;
  for (const time of PAUSES) {
    try {
      // eslint-disable-next-line no-await-in-loop -- each try follows from the one before
      return await callExternal(request, session);
    } catch (error) {
      if (!isLost(error)) throw error;
      // eslint-disable-next-line no-await-in-loop
      await pause(time, undefined, signal ? { signal } : {});
    }
  }
  return await callExternal(request, session);
}

const LOST = new Set<unknown>(["ECONNRESET", "EPIPE", "ECONNABORTED"]);

function isLost(error: unknown): boolean {
  const { cause } = error instanceof Error ? error : {};
  return cause instanceof Error && "code" in cause && LOST.has(cause.code);
}
