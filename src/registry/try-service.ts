import type { ApplicationService } from "../core/resources/application.ts";
import { isRefused, type Refused } from "./refused.ts";
import { refuseInvalid } from "./refuse-invalid.ts";
import { prepareRegistration } from "./register-service.ts";
import { serviceKey, type RegistryContext } from "./registry-context.ts";
import { prepareReplacement, type ServiceTarget } from "./replace-service.ts";
import type { DocumentReport, NewDocument } from "./service-documents.ts";
import type { ServiceRequest } from "./service-request.ts";

/** What a change would come to; nothing of it is kept (registry spec §15.1). */
export interface TriedService {
  readonly kind: "tried";
  readonly service: ApplicationService;
  readonly reports: readonly DocumentReport[];
  readonly warnings: readonly string[];
  /** Where documents that break their format are refused, and one does. */
  readonly refusal: Refused | undefined;
}

/** A registration, up to the point from which on something is kept. */
export async function tryRegistration(
  context: RegistryContext,
  application: string,
  request: ServiceRequest,
): Promise<TriedService | Refused> {
  const prepared = await prepareRegistration(context, application, request);
  if (isRefused(prepared)) return prepared;
  const { entry, obtained } = prepared;
  return tried(context, { service: entry, ...obtained, step: "Creating service failed" });
}

/** A change, likewise. */
export async function tryReplacement(
  context: RegistryContext,
  target: ServiceTarget,
  request: ServiceRequest,
): Promise<TriedService | Refused> {
  const prepared = await prepareReplacement(context, target, request);
  if (isRefused(prepared)) return prepared;
  const { application, id } = target;
  const state = await context.lock.run(serviceKey(application, id), () => prepared.state());
  if (isRefused(state)) return state;
  return tried(context, {
    service: state.after.entry,
    ...prepared.obtained,
    step: `Updating ${id} service failed`,
  });
}

interface Attempt {
  readonly service: ApplicationService;
  readonly documents: readonly NewDocument[];
  readonly warnings: readonly string[];
  readonly step: string;
}

async function tried(
  context: RegistryContext,
  { service, documents, warnings, step }: Attempt,
): Promise<TriedService> {
  const reports = await context.documents.check(documents);
  const refusal = context.isStrict ? refuseInvalid(reports, step) : undefined;
  return { kind: "tried", service, reports, warnings, refusal };
}
