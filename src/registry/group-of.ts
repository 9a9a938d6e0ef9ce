import type { Application, ApplicationService } from "../core/resources/application.ts";
import type { DocumentGroup } from "./service-documents.ts";

/** Whose documents those of a service are, with the texts that the original meant (registry spec §8). */
export function groupOf({ metadata }: Application, service: ApplicationService): DocumentGroup {
  return {
    application: metadata.name,
    applicationUid: metadata.uid,
    serviceId: service.id,
    displayName: service.displayName,
    description: `Documentation topic for service class id=${service.id}`,
  };
}
