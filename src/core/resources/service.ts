import type { Static } from "typebox";
import { flag, listOf, mapOf, object, oneOf, optional, portOrName, text, wholeNumber } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { ageColumn, nameColumn } from "./columns.ts";
import { normaliseService, serviceCauses } from "./service-rules.ts";
import { clusterAddress, externalAddress, portsText, selectorText } from "./service-texts.ts";

/** Of what means something in a cluster only. */
const KEPT = "Kept as it is written, for a cluster.";

const port = object({
  name: optional(text({ description: "Needed where there are several ports." })),
  protocol: optional(
    oneOf(["TCP", "UDP", "SCTP"], { default: "TCP", description: "What is spoken over the network." }),
  ),
  appProtocol: optional(text({ description: "What is spoken by the application, such as http." })),
  port: wholeNumber({ minimum: 1, maximum: 65_535, description: "Port of the Service." }),
  targetPort: optional(
    portOrName({ description: "Port of the pods, by number or name; `port` by default." }),
  ),
  nodePort: optional(wholeNumber({ minimum: 0, maximum: 65_535, description: "Port of every node." })),
});

const spec = object(
  {
    type: optional(
      oneOf(["ClusterIP", "NodePort", "LoadBalancer", "ExternalName"], {
        default: "ClusterIP",
        description: "How the Service is reached.",
      }),
    ),
    ports: optional(listOf(port, { description: "What the Service listens to." })),
    selector: optional(mapOf(text(), { description: "Labels of the pods that the Service leads to." })),
    clusterIP: optional(text({ description: "Kept as it is written: this home gives no addresses." })),
    clusterIPs: optional(listOf(text(), { description: "Kept as they are written." })),
    externalIPs: optional(listOf(text(), { description: "Addresses outside the cluster." })),
    externalName: optional(text({ description: "Host name, of the type ExternalName." })),
    externalTrafficPolicy: optional(text({ description: KEPT })),
    internalTrafficPolicy: optional(text({ description: KEPT })),
    ipFamilies: optional(listOf(text(), { description: KEPT })),
    ipFamilyPolicy: optional(text({ description: KEPT })),
    loadBalancerClass: optional(text({ description: KEPT })),
    loadBalancerIP: optional(text({ description: KEPT })),
    loadBalancerSourceRanges: optional(listOf(text(), { description: KEPT })),
    allocateLoadBalancerNodePorts: optional(flag({ description: KEPT })),
    healthCheckNodePort: optional(wholeNumber({ description: KEPT })),
    publishNotReadyAddresses: optional(flag({ description: KEPT })),
    sessionAffinity: optional(
      oneOf(["None", "ClientIP"], { default: "None", description: "Whether a caller stays with one pod." }),
    ),
    sessionAffinityConfig: optional(
      object(
        {
          clientIP: optional(
            object(
              {
                timeoutSeconds: optional(
                  wholeNumber({ description: "How long a caller stays with one pod." }),
                ),
              },
              { description: "For the affinity ClientIP." },
            ),
          ),
        },
        { description: KEPT },
      ),
    ),
  },
  { description: "Where the Service leads to. This home keeps it, but routes nothing." },
);

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
  description:
    "A name in the cluster that leads to pods. Kept for what reads it, such as Access Services; not routed here.",
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
    status: optional(
      object(
        { loadBalancer: optional(object({}, { description: "Empty: there is none here." })) },
        { description: "What became of the Service." },
      ),
    ),
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
