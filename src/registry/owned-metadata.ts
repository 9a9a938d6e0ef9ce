import { applicationKind, type Application } from "../core/resources/application.ts";
import { apiVersionOf } from "../core/resources/kind.ts";
import type { WrittenMetadata } from "../core/resources/resource.ts";
import { labelValue } from "../core/resources/label-value.ts";

/** The service that an object is for. */
export interface Owner {
  readonly application: Application;
  readonly serviceId: string;
}

/** Metadata of what a service consists of beside its entry: it goes with the Application (registry spec §6.3). */
export function ownedMetadata(
  { application, serviceId }: Owner,
  name: string,
  namespace: string,
): WrittenMetadata {
  const { name: applicationName, uid } = application.metadata;
  return {
    name,
    namespace,
    labels: { app: labelValue(applicationName), serviceId: labelValue(serviceId) },
    ownerReferences: [
      {
        apiVersion: apiVersionOf(applicationKind),
        kind: applicationKind.kind,
        name: applicationName,
        uid,
      },
    ],
  };
}
