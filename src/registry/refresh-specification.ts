import type { ApplicationService } from "../core/resources/application.ts";
import { apiEntryOf } from "./api-entry.ts";
import { describeService } from "./describe-service.ts";
import { groupOf } from "./group-of.ts";
import { isFailed } from "./new-documents.ts";
import { refusedFetch } from "./refused-fetch.ts";
import { refuseInvalidDocuments } from "./refuse-invalid.ts";
import { isRefused, refused, type Refused } from "./refused.ts";
import { refusedForRoom } from "./register-service.ts";
import { serviceKey, type RegistryContext } from "./registry-context.ts";
import { finishChange, findService, type FoundService } from "./service-changes.ts";
import type { DocumentReference, NewDocument, StagedDocument } from "./service-documents.ts";
import { fetchedUrl } from "./specification/fetched-url.ts";

export interface RefreshedService {
  readonly kind: "refreshed";
  readonly service: ApplicationService;
  /** Whether it is another document than before. */
  readonly isNew: boolean;
  /** Of the service with the former document, where it was read. */
  readonly before?: string;
}

interface Place {
  readonly application: string;
  readonly id: string;
}

/**
 * Fetches the specification of a service again from where it came, and publishes it (registry spec §11.4). The
 * credentials for it were not stored, so that it must be open.
 */
export async function refreshSpecification(
  context: RegistryContext,
  place: Place,
): Promise<RefreshedService | Refused> {
  const step = `Refreshing specification of service with ID ${place.id} failed`;
  const found = findService(context, place, step);
  if (isRefused(found)) return found;
  const fetched = await fetchAgain(context, found, step);
  if (isRefused(fetched)) return fetched;
  return await context.lock.run(serviceKey(place.application, place.id), async () => {
    await finishChange(context, place);
    const present = findService(context, place, step);
    if (isRefused(present)) return present;
    // Somebody has changed where it comes from: this one is not wanted any more.
    if (urlOf(present) !== urlOf(found)) return { kind: "refreshed", service: present.service, isNew: false };
    try {
      return (
        (await refuseInvalidDocuments(context, [fetched], step)) ?? (await publish(context, present, fetched))
      );
    } catch (error) {
      return refusedForRoom(error, step);
    }
  });
}

async function fetchAgain(
  { newDocuments }: RegistryContext,
  found: FoundService,
  step: string,
): Promise<NewDocument | Refused> {
  const { application, service } = found;
  const api = fetchedApi(found);
  if (!api || fetchedUrl(api) === undefined) return refused("REGISTRY_NO_SPECIFICATION_URL", service.id);
  const { id, displayName } = service;
  const fetched = await newDocuments.ofApi(api, { application: application.metadata.name, id, displayName });
  if (!fetched) return refused("REGISTRY_SPECIFICATION_UNREACHABLE", step, "the specification is empty");
  return isFailed(fetched) ? refusedFetch(step, fetched) : fetched;
}

async function publish(
  context: RegistryContext,
  { application, service }: FoundService,
  document: NewDocument,
): Promise<RefreshedService | Refused> {
  const { documents } = context;
  const described = await describeService(context, application.metadata.name, service);
  if (isRefused(described)) return described;
  const others = described.documents.filter(({ type }) => type !== "openapi" && type !== "odata");
  const [former] = described.documents.filter((one) => !others.includes(one));
  const before = described.hash;
  const staged = await documents.stage([document]);
  const [next] = staged.documents;
  if (former && next && isSame(former, next)) return { kind: "refreshed", service, isNew: false, before };
  await documents.publish(groupOf(application, service), { documents: [...staged.documents, ...others] });
  return { kind: "refreshed", service, isNew: true, before };
}

function isSame(former: DocumentReference, next: StagedDocument): boolean {
  return (
    former.type === next.type &&
    former.fileName === next.fileName &&
    former.isRefreshable === next.isRefreshable &&
    former.hash === next.hash
  );
}

function fetchedApi({ service }: FoundService) {
  const entry = apiEntryOf(service);
  if (!entry) return undefined;
  const { specificationUrl = "", targetUrl = "", apiType = "" } = entry;
  return {
    spec: undefined,
    specificationUrl,
    targetUrl,
    apiType,
    specificationCredentials: undefined,
    specificationRequestParameters: undefined,
  };
}

function urlOf(found: FoundService): string | undefined {
  const api = fetchedApi(found);
  return api && fetchedUrl(api);
}
