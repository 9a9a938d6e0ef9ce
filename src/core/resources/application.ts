import type { Static } from "typebox";
import { flag, listOf, mapOf, nullable, object, oneOf, optional, text } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { settingCauses } from "./api-settings/setting-causes.ts";
import { settingWarnings } from "./api-settings/setting-warnings.ts";
import { ageColumn, nameColumn } from "./columns.ts";

/** applications.applicationconnector.kyma-project.io/v1alpha1 (control-plane spec §1.1, amendment A3). */
const accessLabel = () =>
  text({
    maxLength: 63,
    pattern: "^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$",
    description: "Label by which a platform of the first generation granted access.",
  });

const credentials = object(
  {
    type: text({ description: "NoAuth, Basic, OAuth, OAuthWithCert, CertificateGen or ApiKey." }),
    secretName: text({ description: "Secret in the credentials namespace." }),
    authenticationUrl: optional(text({ description: "Token endpoint of OAuth and OAuthWithCert." })),
    csrfInfo: optional(
      object(
        { tokenEndpointURL: text({ description: "Where a CSRF token is fetched before each call." }) },
        { description: "For a target that wants a CSRF token with each call." },
      ),
    ),
  },
  { description: "How the gateway proves to the target that it may call." },
);

const entry = object({
  type: oneOf(["API", "Events"], { description: "API is called through the gateway, Events are published." }),
  id: optional(text({ description: "Identifier of the entry, in the Compass addressing." })),
  name: optional(text({ description: "Third path segment of the Compass addressing, normalised." })),
  apiType: optional(text({ description: "What the API speaks, such as OPEN_API or ODATA." })),
  targetUrl: optional(text({ description: "Base URL of the API; may have a path and a query." })),
  gatewayUrl: optional(text({ description: "Address of the API at a gateway of the first generation." })),
  centralGatewayUrl: optional(text({ description: "Where workloads call the API at the gateway." })),
  specificationUrl: optional(text({ description: "Where the API's specification is fetched." })),
  requestParametersSecretName: optional(
    text({ description: "Secret with extra headers and query parameters." }),
  ),
  accessLabel: optional(accessLabel()),
  credentials: optional(credentials),
  oauthUrl: optional(text({ description: "Token endpoint in the spelling of before 0.6; use credentials." })),
  credentialsSecretName: optional(
    text({ description: "Secret of OAuth credentials in the spelling of before 0.6; use credentials." }),
  ),
});

const labels = (described: string) =>
  optional(
    nullable(
      mapOf(text(), { description: `${described} No labels of Kubernetes: nothing selects by them.` }),
    ),
  );

const service = object({
  id: text({ description: "Identifier of the service, unique in the Application." }),
  name: text({ description: "Name of the service, unique in the Application, made from the display name." }),
  displayName: text({ description: "Second path segment of the gateway's addressing, normalised." }),
  providerDisplayName: text({ description: "Who provides the service, for people." }),
  description: text({ description: "What the service does, for people." }),
  identifier: optional(text({ description: "The external system's own id of the service." })),
  labels: labels("Free notes of the external system."),
  longDescription: optional(text({ description: "What the service does, at length." })),
  authCreateParameterSchema: optional(
    text({
      description: "JSON Schema, as a text, of the parameters with which a broker creates an instance.",
    }),
  ),
  tags: optional(listOf(text(), { description: "Words by which a broker's catalogue is searched." })),
  entries: listOf(entry, { description: "The APIs and event sources of the service." }),
});

const compassMetadata = object(
  {
    applicationId: optional(text({ description: "Identifier of the Application in Compass." })),
    authentication: object(
      {
        clientIds: listOf(text(), {
          description: "Subjects of client certificates that may come in for this Application.",
        }),
      },
      { description: "Who may come in for the Application." },
    ),
  },
  { description: "What Compass, the central directory of a fleet, knows of the Application." },
);

const spec = object(
  {
    description: optional(text({ description: "What the external system is, for people." })),
    skipInstallation: optional(
      flag({ description: "Kept for operators of the first generation, which then installed nothing." }),
    ),
    skipVerify: optional(
      flag({ description: "Turns off TLS verification for every call of this Application." }),
    ),
    encodeUrl: optional(
      flag({ default: true, description: "false keeps the path of a call byte for byte." }),
    ),
    labels: labels("Free notes about the external system."),
    tenant: optional(text({ description: "Tenant that the Application belongs to, in central mode." })),
    group: optional(text({ description: "Group that the Application belongs to, in central mode." })),
    tags: optional(nullable(listOf(text(), { description: "Words by which the Application is found." }))),
    displayName: optional(text({ description: "Name of the external system, for people." })),
    providerDisplayName: optional(text({ description: "Who provides the external system, for people." })),
    longDescription: optional(text({ description: "What the external system is, at length." })),
    accessLabel: optional(accessLabel()),
    compassMetadata: optional(compassMetadata),
    services: optional(
      nullable(
        listOf(service, { description: "What the external system offers; the registry writes here." }),
      ),
    ),
  },
  { description: "What is known of the external system, and what it offers." },
);

const condition = object({
  type: text({ description: "What the condition is about, in one word." }),
  status: oneOf(["True", "False", "Unknown"], { description: "Whether it is as it should be." }),
  reason: text({ description: "Why, in one word." }),
  message: text({ description: "Why, in a sentence." }),
  lastTransitionTime: text({ format: "date-time", description: "When the status changed last." }),
});

const status = object(
  {
    installationStatus: optional(
      object(
        {
          status: text({ description: "How far the installation is, in one word." }),
          description: optional(text({ description: "How far the installation is, in a sentence." })),
        },
        { description: "Written by operators of the first generation." },
      ),
    ),
    conditions: optional(listOf(condition, { description: "What is, or is not, as it should be." })),
  },
  { description: "What was found out about the Application." },
);

const schema = object({ spec: optional(spec), status: optional(status) });

export type ApplicationSpec = Static<typeof spec>;
export type ApplicationService = Static<typeof service>;
export type ApplicationEntry = Static<typeof entry>;

export interface Application extends Resource {
  readonly apiVersion: "applicationconnector.kyma-project.io/v1alpha1";
  readonly kind: "Application";
  readonly spec?: ApplicationSpec;
  readonly status?: Static<typeof status>;
}

export const applicationKind: Kind<Application> = {
  group: "applicationconnector.kyma-project.io",
  version: "v1alpha1",
  kind: "Application",
  description:
    "An external system that is connected: who it is, which services it offers, and how they are called. Its name is that of the system's identity.",
  plural: "applications",
  singular: "application",
  shortNames: ["app"],
  categories: [],
  scope: "Cluster",
  statusSubresource: false,
  custom: true,
  // Tens of thousands of services: in a cluster it ends at some five hundred (registry spec §10).
  sizeLimit: 64 * 1024 * 1024,
  largeList: ["spec", "services"],
  schema,
  validate: settingCauses,
  warnings: settingWarnings,
  columns: [
    nameColumn,
    {
      name: "Services",
      type: "integer",
      description: "Number of services",
      priority: 0,
      cell: (value) => value.spec?.services?.length ?? 0,
    },
    {
      name: "Status",
      type: "string",
      description: "What needs attention",
      priority: 0,
      jsonPath: ".status.installationStatus.status",
      cell: statusCell,
    },
    ageColumn,
    {
      name: "Provider",
      type: "string",
      description: "Who provides the system",
      priority: 1,
      jsonPath: ".spec.providerDisplayName",
      cell: (value) => value.spec?.providerDisplayName ?? null,
    },
    {
      name: "Description",
      type: "string",
      description: "What the system is",
      priority: 1,
      jsonPath: ".spec.description",
      cell: (value) => value.spec?.description ?? null,
    },
  ],
};

function statusCell(value: Application): string | null {
  const installed = value.status?.installationStatus?.status;
  if (installed) return installed;
  return value.status?.conditions?.find((one) => one.status !== "True")?.reason ?? null;
}
