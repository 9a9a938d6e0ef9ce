import { Failure, reasonOf } from "../core/failures.ts";
import type { Application, ApplicationService } from "../core/resources/application.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import { servicesOf } from "./application-writer.ts";
import { isRefused, refused, type Refused } from "./refused.ts";
import { serviceKey, type RegistryContext } from "./registry-context.ts";
import { serviceEntry } from "./service-entry.ts";
import { serviceHash } from "./service-hash.ts";
import { refuseNewService } from "./service-identity.ts";
import { serviceIndex } from "./service-index.ts";
import type { ServiceRequest } from "./service-request.ts";
import { NOTHING_STORED, serviceSecrets } from "./service-secrets.ts";
import type { ServiceState } from "./service-state.ts";

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

/** Registers a service: all of it, or nothing (registry spec §4). */
export async function registerService(
  context: RegistryContext,
  application: string,
  request: ServiceRequest,
): Promise<ChangedService | Refused> {
  const known = context.applications.get(application);
  if (!known) return unknownApplication(application, request);
  const early = refuseNewService(request, serviceIndex(known), context.addressing.compat);
  if (early) return early;
  const id = context.newId();
  const key = serviceKey(application, id);
  context.registering.add(key);
  try {
    return await registerAs(context, { application: known, id }, request);
  } finally {
    context.registering.delete(key);
  }
}

interface Place {
  readonly application: Application;
  readonly id: string;
}

async function registerAs(
  context: RegistryContext,
  place: Place,
  request: ServiceRequest,
): Promise<ChangedService | Refused> {
  const { application, id } = place;
  const { name } = application.metadata;
  const address = { application: name, id, displayName: request.name };
  const secrets = await serviceSecrets(request.api, NOTHING_STORED, context.clock);
  if (secrets.kind === "refused") return secrets;
  const obtained = await context.newDocuments.ofRequest(request, address);
  if (obtained.kind === "failed-fetch") {
    return refused(
      "REGISTRY_SPECIFICATION_UNREACHABLE",
      `Determining API spec for service with ID ${id} failed`,
      obtained.text,
    );
  }
  const entry = serviceEntry(request, { application: name, id }, context.addressing);
  try {
    const documents = await context.documents.stage(obtained.documents);
    const { credentials, parameters } = secrets;
    const written = await create(
      context,
      application,
      { entry, credentials, parameters, documents },
      request,
    );
    if (isRefused(written)) await eraseAgain(context, place);
    return isRefused(written) ? written : { ...written, warnings: obtained.warnings };
  } catch (error) {
    await eraseAgain(context, place);
    return refusedForRoom(error, "Creating service failed");
  }
}

/** What the Application refers to last is what makes the service visible. */
async function create(
  context: RegistryContext,
  application: Application,
  state: ServiceState,
  request: ServiceRequest,
): Promise<Omit<ChangedService, "warnings"> | Refused> {
  const { name, uid } = application.metadata;
  const versions = await context.states.create(application, state);
  const written = await context.writer.change(name, (current) => {
    // Another Application of the same name would not own what was written.
    if (current.metadata.uid !== uid) return unknownApplication(name, request);
    const refusal = refuseNewService(request, serviceIndex(current), context.addressing.compat);
    return refusal ?? [...servicesOf(current), state.entry];
  });
  if (written === undefined) return unknownApplication(name, request);
  if (isRefused(written)) return written;
  // As it is stored, which may say more than what was written.
  const service = servicesOf(written).findLast(({ id }) => id === state.entry.id) ?? state.entry;
  const after = serviceHash(service, versions, state.documents?.documents ?? []);
  return { kind: "changed", service, after };
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

/** A full disk is told in plain words (registry spec §10); whatever else it is stays what it is. */
export function refusedForRoom(error: unknown, step: string): Refused {
  const isRoom = isStoreFailure(error) || error instanceof Failure ? ROOM_CODES.has(error.code) : false;
  if (!isRoom) throw error;
  return refused("REGISTRY_FULL", step, reasonOf(error));
}
