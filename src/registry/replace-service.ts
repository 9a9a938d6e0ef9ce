import type { Application, ApplicationService } from "../core/resources/application.ts";
import { apiEntryOf } from "./api-entry.ts";
import { servicesOf } from "./application-writer.ts";
import { describeService, type DescribedService } from "./describe-service.ts";
import type { FormerSpecification, ObtainedDocuments } from "./new-documents.ts";
import { isRefused, refused, type Refused } from "./refused.ts";
import { refusedFetch } from "./refused-fetch.ts";
import { refuseInvalidDocuments } from "./refuse-invalid.ts";
import { refusedForRoom, type ChangedService } from "./register-service.ts";
import { serviceKey, type RegistryContext } from "./registry-context.ts";
import { finishChange, findService } from "./service-changes.ts";
import type { StagedDocument, StagedDocuments } from "./service-documents.ts";
import { serviceEntry } from "./service-entry.ts";
import { refuseRename } from "./service-identity.ts";
import type { ServiceRequest } from "./service-request.ts";
import { serviceSecrets } from "./service-secrets.ts";
import type { StateWriter } from "./state-writer.ts";
import { TakenObject } from "./taken-object.ts";
import type { ServiceState } from "./service-state.ts";

/** Which service, and what the caller takes it for. */
export interface ServiceTarget {
  readonly application: string;
  readonly id: string;
  /** Says whether the hash of the state that is there is one that the caller knows; undefined: any. */
  readonly accepts?: ((hash: string) => boolean) | undefined;
}

/** Replaces a service as a whole, except its identifier (registry spec §4). */
export async function replaceService(
  context: RegistryContext,
  target: ServiceTarget,
  request: ServiceRequest,
): Promise<ChangedService | Refused> {
  const { application, id } = target;
  const step = `Updating ${id} service failed`;
  // Before the lock: a specification may take its time, and reading the service is not to wait for it.
  const prepared = await prepareReplacement(context, target, request);
  if (isRefused(prepared)) return prepared;
  const { obtained } = prepared;
  const invalid = await refuseInvalidDocuments(context, obtained.documents, step);
  if (invalid) return invalid;
  return await context.lock.run(serviceKey(application, id), async () => {
    try {
      const documents = await context.documents.stage(obtained.documents);
      await finishChange(context, target);
      return await replaceLocked(context, await prepared.state(), { request, documents, obtained });
    } catch (error) {
      return refusedForRoom(error, step);
    }
  });
}

/** A change that can be done, as far as that is known before anything of it is kept. */
export interface PreparedReplacement {
  readonly kind: "prepared";
  readonly obtained: ObtainedDocuments;
  /** What is to become of what; asked for under the lock of the service. */
  readonly state: () => Promise<Replacement | Refused>;
}

interface Replacement {
  readonly application: Application;
  readonly service: ApplicationService;
  /** undefined where it cannot be read. */
  readonly stored: DescribedService | undefined;
  readonly after: Omit<ServiceState, "documents">;
}

export async function prepareReplacement(
  context: RegistryContext,
  target: ServiceTarget,
  request: ServiceRequest,
): Promise<PreparedReplacement | Refused> {
  const { application, id } = target;
  const found = findService(context, target, reading(id));
  if (isRefused(found)) return found;
  const rename = refuseRename(request, found.service, context.addressing.compat);
  if (rename) return rename;
  const address = { application, id, displayName: request.name };
  const obtained = await context.newDocuments.ofRequest(request, address);
  if (obtained.kind === "failed-fetch") {
    return refusedFetch(`Updating ${id} service failed, saving specification failed`, obtained);
  }
  return { kind: "prepared", obtained, state: () => replacement(context, target, request) };
}

async function replacement(
  context: RegistryContext,
  target: ServiceTarget,
  request: ServiceRequest,
): Promise<Replacement | Refused> {
  const found = findService(context, target, reading(target.id));
  if (isRefused(found)) return found;
  const { application, service } = found;
  const before = await describeService(context, target.application, service);
  const stale = refuseStale(target, before);
  if (stale) return stale;
  const stored = isRefused(before) ? undefined : before;
  const type = apiEntryOf(service)?.credentials?.type ?? "";
  const secrets = await serviceSecrets(
    request.api,
    { type, credentials: stored?.credentials, parameters: stored?.parameters },
    context.clock,
  );
  if (secrets.kind === "refused") return secrets;
  const { id, identifier = "" } = service;
  const place = { application: application.metadata.name, id, identifier };
  const entry = serviceEntry(request, place, context.addressing);
  const { credentials, parameters } = secrets;
  return { application, service, stored, after: { entry, credentials, parameters } };
}

interface NewState {
  readonly request: ServiceRequest;
  readonly documents: StagedDocuments;
  readonly obtained: ObtainedDocuments;
}

async function replaceLocked(
  context: RegistryContext,
  replaced: Replacement | Refused,
  { request, documents, obtained }: NewState,
): Promise<ChangedService | Refused> {
  if (isRefused(replaced)) return replaced;
  const { application, service, stored, after } = replaced;
  const former = obtained.former && formerSpecification(obtained.former, stored);
  const changed = await change(context, {
    application,
    before: previousState(service, stored),
    after: { ...after, documents: former ? { documents: [former, ...documents.documents] } : documents },
    refuse: (current) => refuseRename(request, current, context.addressing.compat),
  });
  if (isRefused(changed)) return changed;
  const warnings = former ? [...obtained.warnings, "The former specification stays"] : obtained.warnings;
  return { kind: "changed", service: changed, before: stored?.hash, warnings };
}

/** A change of something else must not cost the specification because its server is away just now. */
function formerSpecification(
  { type, isRefreshable }: FormerSpecification,
  stored: DescribedService | undefined,
): StagedDocument | undefined {
  const found = stored?.documents.find((document) => document.type === type);
  return found && { type, hash: found.hash, fileName: found.fileName, isRefreshable };
}

/** undefined where the caller does not say what the service has to be. */
export function refuseStale(
  { id, accepts }: ServiceTarget,
  described: DescribedService | Refused,
): Refused | undefined {
  if (!accepts) return undefined;
  if (isRefused(described)) return described;
  return accepts(described.hash) ? undefined : refused("REGISTRY_STALE", id);
}

function previousState(entry: ApplicationService, stored: DescribedService | undefined): ServiceState {
  const { credentials, parameters } = stored ?? {};
  const documents = stored && { documents: stored.documents };
  return { entry, credentials, parameters, documents };
}

interface Change {
  readonly application: Application;
  readonly before: ServiceState;
  readonly after: ServiceState;
  readonly refuse: (current: ApplicationService) => Refused | undefined;
}

/** Begins with the record that it can be finished from, and ends with its removal. */
async function change(
  context: RegistryContext,
  { application, before, after, refuse }: Change,
): Promise<ApplicationService | Refused> {
  const { records, states, writer } = context;
  const { name } = application.metadata;
  const { id } = after.entry;
  try {
    await records.keep(application, after);
    await states.put(application, after);
    const written = await writer.change(name, (current) => {
      const present = servicesOf(current).find((service) => service.id === id);
      if (!present) return gone(id);
      return (
        refuse(present) ?? servicesOf(current).map((service) => (service.id === id ? after.entry : service))
      );
    });
    if (written === undefined || isRefused(written)) await takeBack(context, application, before);
    else await records.drop(name, id);
    if (written === undefined) return refused("REGISTRY_UNKNOWN_APPLICATION", reading(id), name);
    return isRefused(written) ? written : after.entry;
  } catch (error) {
    await takeBack(context, application, before);
    throw error;
  }
}

function gone(id: string): Refused {
  return refused("REGISTRY_UNKNOWN_SERVICE", reading(id), id);
}

const reading = (id: string) => `Updating ${id} service failed, Reading service with ID ${id} failed`;

/** The caller is told that nothing changed: so it has to be. What cannot be taken back now is finished later. */
async function takeBack(
  context: RegistryContext,
  application: Application,
  before: ServiceState,
): Promise<void> {
  const { states, records, applications, unfinished, warn } = context;
  const { name } = application.metadata;
  const { id } = before.entry;
  try {
    const current = applications.get(name);
    const isThere = current !== undefined && servicesOf(current).some((service) => service.id === id);
    await (isThere ? putBack(states, current, before) : states.erase(name, id));
    await records.drop(name, id);
  } catch (error) {
    unfinished.add(serviceKey(name, id));
    warn("a change of a service broke off, and will be finished", { application: name, service: id, error });
  }
}

/** What another Application has under the name was never this one's, and all else is put in place beside it. */
async function putBack(states: StateWriter, application: Application, before: ServiceState): Promise<void> {
  try {
    await states.put(application, before);
  } catch (error) {
    if (!(error instanceof TakenObject)) throw error;
  }
}
