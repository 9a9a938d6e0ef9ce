import { Failure, reasonOf } from "../core/failures.ts";
import type { Application, ApplicationService } from "../core/resources/application.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import { servicesOf, withServices } from "./application-writer.ts";
import {
  earlierRegistration,
  remembering,
  type RegistrationMark,
  type RepeatedRegistration,
} from "./once/registration-memory.ts";
import type { ObtainedDocuments } from "./new-documents.ts";
import { isRefused, refused, type Refused } from "./refused.ts";
import { refusedFetch } from "./refused-fetch.ts";
import { refuseInvalidDocuments } from "./refuse-invalid.ts";
import { serviceKey, type RegistryContext } from "./registry-context.ts";
import { serviceEntry } from "./service-entry.ts";
import { serviceHash } from "./service-hash.ts";
import { refuseNewService } from "./service-identity.ts";
import { serviceIndex } from "./service-index.ts";
import type { ServiceRequest } from "./service-request.ts";
import { NOTHING_STORED, serviceSecrets, type ServiceSecrets } from "./service-secrets.ts";
import { TakenObject } from "./taken-object.ts";
import { tooLongSecret } from "./too-long-secret.ts";

/** A change that was done. */
export interface ChangedService {
  readonly kind: "changed";
  readonly service: ApplicationService;
  /** Hash of what was there before, where that could be read. */
  readonly before?: string | undefined;
  /** Hash of what is there now, where it is known. */
  readonly after?: string | undefined;
  /** What the caller should know beside it. */
  readonly warnings: readonly string[];
}

/** What is to be registered. */
export interface Submission {
  readonly request: ServiceRequest;
  /** What is to be remembered of it, so that it is not done twice. */
  readonly mark?: RegistrationMark;
}

/** Registers a service: all of it, or nothing (registry spec §4). */
export async function registerService(
  context: RegistryContext,
  application: string,
  submission: Submission,
): Promise<ChangedService | RepeatedRegistration | Refused> {
  const { request } = submission;
  const prepared = await prepareRegistration(context, application, request);
  if (isRefused(prepared)) return prepared;
  const invalid = await refuseInvalidDocuments(
    context,
    prepared.obtained.documents,
    "Creating service failed",
  );
  if (invalid) return invalid;
  const key = serviceKey(application, prepared.entry.id);
  context.registering.add(key);
  try {
    return await keep(context, prepared, submission);
  } finally {
    context.registering.delete(key);
  }
}

/** A service that can be registered, as far as that is known before anything of it is kept. */
export interface PreparedRegistration {
  readonly kind: "prepared";
  readonly application: Application;
  readonly entry: ApplicationService;
  readonly secrets: ServiceSecrets;
  readonly obtained: ObtainedDocuments;
}

export async function prepareRegistration(
  context: RegistryContext,
  name: string,
  request: ServiceRequest,
): Promise<PreparedRegistration | Refused> {
  const application = context.applications.get(name);
  if (!application) return unknownApplication(name, request);
  const early = refuseNewService(request, serviceIndex(application), context.addressing.compat);
  if (early) return early;
  const id = context.newId();
  const secrets = await serviceSecrets(request.api, NOTHING_STORED, context.clock);
  if (secrets.kind === "refused") return secrets;
  const address = { application: name, id, displayName: request.name };
  const obtained = await context.newDocuments.ofRequest(request, address);
  if (obtained.kind === "failed-fetch") {
    return refusedFetch(`Determining API spec for service with ID ${id} failed`, obtained);
  }
  const entry = serviceEntry(request, { application: name, id }, context.addressing);
  return { kind: "prepared", application, entry, secrets, obtained };
}

async function keep(
  context: RegistryContext,
  { application, entry, secrets, obtained }: PreparedRegistration,
  submission: Submission,
): Promise<ChangedService | RepeatedRegistration | Refused> {
  const place = { application, id: entry.id };
  try {
    const documents = await context.documents.stage(obtained.documents);
    const { credentials, parameters } = secrets;
    const versions = await context.states.create(application, { entry, credentials, parameters, documents });
    const outcome = await commit(context, { application, entry }, submission);
    if (outcome.kind !== "committed") {
      await eraseAgain(context, place);
      return outcome;
    }
    const { service } = outcome;
    const after = serviceHash(service, versions, documents.documents);
    return { kind: "changed", service, after, warnings: obtained.warnings };
  } catch (error) {
    await eraseAgain(context, place);
    return refusedForRoom(error, "Creating service failed");
  }
}

interface Place {
  readonly application: Application;
  readonly id: string;
}

interface CommittedService {
  readonly kind: "committed";
  /** As it is stored, which may say more than what was written. */
  readonly service: ApplicationService;
}

/** What the Application refers to last is what makes the service visible. Gives why there is none, or another one. */
async function commit(
  { writer, addressing, clock }: RegistryContext,
  { application, entry }: Pick<PreparedRegistration, "application" | "entry">,
  { request, mark }: Submission,
): Promise<CommittedService | RepeatedRegistration | Refused> {
  const { name, uid } = application.metadata;
  let earlier: RepeatedRegistration | Refused | undefined;
  const written = await writer.change(name, (current) => {
    // Another Application of the same name would not own what was written.
    if (current.metadata.uid !== uid) return unknownApplication(name, request);
    earlier = mark && earlierRegistration(current, mark, clock.now());
    if (earlier) return servicesOf(current);
    const refusal = refuseNewService(request, serviceIndex(current), addressing.compat);
    if (refusal) return refusal;
    const services = [...servicesOf(current), entry];
    return mark
      ? withServices(remembering(current, { ...mark, id: entry.id }, clock.now()), services)
      : services;
  });
  if (written === undefined) return unknownApplication(name, request);
  if (isRefused(written)) return written;
  if (earlier) return earlier;
  return { kind: "committed", service: servicesOf(written).findLast(({ id }) => id === entry.id) ?? entry };
}

/** What cannot be erased now is collected later. */
async function eraseAgain({ states, warn }: RegistryContext, { application, id }: Place): Promise<void> {
  const { name } = application.metadata;
  try {
    await states.erase(name, id);
  } catch (error) {
    warn("what a refused registration left cannot be removed yet", { application: name, service: id, error });
  }
}

/** The step that the original fails at depends on the request (registry spec §2.1). */
function unknownApplication(application: string, { identifier }: ServiceRequest): Refused {
  const step =
    identifier === ""
      ? "Getting Application UID failed"
      : "Creating service failed, Checking identifier failed, Reading services from Application failed";
  return refused("REGISTRY_UNKNOWN_APPLICATION", step, application);
}

const ROOM_CODES = new Set(["STORE_DISK_FULL", "STORE_TOO_LARGE", "BLOB_STORE_FULL", "BLOB_TOO_LARGE"]);

/**
 * What is too large, a full disk and one that is away are told in plain words (registry spec §10); whatever else it
 * is stays what it is.
 */
export function refusedForRoom(error: unknown, step: string): Refused {
  if (isStoreFailure(error, "BLOB_STORE_UNAVAILABLE")) {
    return refused("REGISTRY_DOCUMENTS_UNWRITABLE", step, reasonOf(error));
  }
  const tooLong = tooLongSecret(error);
  if (tooLong !== undefined) return refused("REGISTRY_SECRET_TOO_LARGE", step, tooLong);
  if (error instanceof TakenObject) return refused("REGISTRY_OBJECT_TAKEN", step, error.object);
  const isRoom = isStoreFailure(error) || error instanceof Failure ? ROOM_CODES.has(error.code) : false;
  if (!isRoom) throw error;
  return refused("REGISTRY_FULL", step, reasonOf(error));
}
