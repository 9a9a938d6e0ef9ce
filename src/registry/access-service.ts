import type { New } from "../core/resources/resource.ts";
import type { Service } from "../core/resources/service.ts";
import { labelValue } from "../core/resources/label-value.ts";
import { ownedMetadata, type Owner } from "./owned-metadata.ts";
import { resourceName } from "./resource-names.ts";

export interface AccessServiceOptions {
  readonly credentialsNamespace: string;
  /** Port on which the gateway is called. */
  readonly proxyPort: number;
}

/** The Service that stands for one API in a cluster: host names lead by it to the gateway (registry spec §6.3). */
export function accessService(
  owner: Owner,
  { credentialsNamespace, proxyPort }: AccessServiceOptions,
): New<Service> {
  const { name } = owner.application.metadata;
  return {
    metadata: ownedMetadata(owner, resourceName(name, owner.serviceId), credentialsNamespace),
    spec: {
      type: "ClusterIP",
      selector: { app: labelValue(`${name}-application-gateway`) },
      ports: [{ name: "http", protocol: "TCP", port: 80, targetPort: proxyPort }],
    },
  };
}
