import type { Refused } from "../refused.ts";
import { registerService, type ChangedService } from "../register-service.ts";
import type { RegistryContext } from "../registry-context.ts";
import type { ServiceRequest } from "../service-request.ts";
import { earlierRegistration, type RepeatedRegistration } from "./registration-memory.ts";

/** A registration as it came. */
export interface ReceivedRegistration {
  readonly request: ServiceRequest;
  /** SHA-256 of the body, known where there is a key. */
  readonly digest: Uint8Array | undefined;
  /** Of its `Idempotency-Key` header. */
  readonly key: string | undefined;
}

/**
 * Registers a service once for each key (registry spec §10): who did not hear the answer asks again. Two at the same
 * time take turns, so that the second hears what the first has made, and makes it where the first was refused.
 */
export async function registerOnce(
  context: RegistryContext,
  application: string,
  { request, digest, key }: ReceivedRegistration,
): Promise<ChangedService | RepeatedRegistration | Refused> {
  const known = context.applications.get(application);
  if (key === undefined || digest === undefined || !known)
    return await registerService(context, application, { request });
  const mark = await context.marks.markOf(known.metadata.uid, key, digest);
  return await context.turns.run(`${application}/${mark.key}`, async () => {
    const current = context.applications.get(application);
    const earlier = current && earlierRegistration(current, mark, context.clock.now());
    return earlier ?? (await registerService(context, application, { request, mark }));
  });
}
