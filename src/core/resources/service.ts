import type { Static } from "typebox";
import { flag, listOf, mapOf, object, oneOf, optional, portOrName, text, wholeNumber } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { ageColumn, nameColumn } from "./columns.ts";
import { normaliseService, serviceCauses } from "./service-rules.ts";
import { clusterAddress, externalAddress, portsText, selectorText } from "./service-texts.ts";

const port = object({
  name: optional(text({ description: "Needed where there are several ports." })),
  protocol: optional(oneOf(["TCP", "UDP", "SCTP"], { default: "TCP" })),
  appProtocol: optional(text()),
  port: wholeNumber({ minimum: 1, maximum: 65_535 }),
  targetPort: optional(
    portOrName({ description: "Port of the pods, by number or name; `port` by default." }),
  ),
  nodePort: optional(wholeNumber({ minimum: 0, maximum: 65_535 })),
});

const spec = object({
  type: optional(oneOf(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"], { default: "ClusterIP" })),
  ports: optional(listOf(port)),
  selector: optional(mapOf(text(), { description: "Labels of the pods that the Service leads to." })),
  clusterIP: optional(text({ description: "Kept as it is written: this home gives no addresses." })),
  clusterIPs: optional(listOf(text())),
  externalIPs: optional(listOf(text())),
  externalName: optional(text({ description: "Host name, of the type ExternalName." })),
  externalTrafficPolicy: optional(text()),
  internalTrafficPolicy: optional(text()),
  ipFamilies: optional(listOf(text())),
  ipFamilyPolicy: optional(text()),
  loadBalancerClass: optional(text()),
  loadBalancerIP: optional(text()),
  loadBalancerSourceRanges: optional(listOf(text())),
  allocateLoadBalancerNodePorts: optional(flag()),
  healthCheckNodePort: optional(wholeNumber()),
  publishNotReadyAddresses: optional(flag()),
  sessionAffinity: optional(oneOf(["None", "ClientIP"], { default: "None" })),
  sessionAffinityConfig: optional(
    object({ clientIP: optional(object({ timeoutSeconds: optional(wholeNumber()) })) }),
  ),
});

export type ServiceSpec = Static<typeof spec>;
export type ServicePort = Static<typeof port>;

/** A Service of Kubernetes, which the embedded home keeps but does not route; not an entry of an Application. */
export interface Service extends Resource {
  readonly apiVersion: "v1";
  readonly kind: "Service";
  readonly spec?: ServiceSpec;
  readonly status?: { readonly loadBalancer?: object };
}

export const serviceKind: Kind<Service> = {
  group: "",
  version: "v1",
  kind: "Service",
  plural: "services",
  singular: "service",
  shortNames: ["svc"],
  categories: ["all"],
  scope: "Namespaced",
  nameRule: "label",
  statusSubresource: true,
  custom: false,
  schema: object({
    spec: optional(spec),
    status: optional(object({ loadBalancer: optional(object({})) })),
  }),
  normalise: normaliseService,
  validate: serviceCauses,
  selectableFields: {
    "spec.clusterIP": (value) => value.spec?.clusterIP ?? "",
    "spec.type": (value) => value.spec?.type ?? "ClusterIP",
  },
  columns: [
    nameColumn,
    {
      name: "Type",
      type: "string",
      description: "How the Service is reached",
      priority: 0,
      cell: (value) => value.spec?.type ?? "ClusterIP",
    },
    {
      name: "Cluster-IP",
      type: "string",
      description: "Address within the cluster",
      priority: 0,
      cell: clusterAddress,
    },
    {
      name: "External-IP",
      type: "string",
      description: "Address outside the cluster",
      priority: 0,
      cell: externalAddress,
    },
    { name: "Port(s)", type: "string", description: "Ports and protocols", priority: 0, cell: portsText },
    ageColumn,
    {
      name: "Selector",
      type: "string",
      description: "Labels of the pods that the Service leads to",
      priority: 1,
      cell: selectorText,
    },
  ],
};
