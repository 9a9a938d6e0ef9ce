import type { Static } from "typebox";
import { flag, listOf, mapOf, nullable, object, oneOf, optional, text } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { settingCauses } from "./api-settings/setting-causes.ts";
import { settingWarnings } from "./api-settings/setting-warnings.ts";
import { ageColumn, nameColumn } from "./columns.ts";

/** applications.applicationconnector.kyma-project.io/v1alpha1 (control-plane spec §1.1, amendment A3). */
const accessLabel = () => text({ maxLength: 63, pattern: "^([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]$" });

const credentials = object({
  type: text({ description: "NoAuth, Basic, OAuth, OAuthWithCert or CertificateGen." }),
  secretName: text({ description: "Secret in the credentials namespace." }),
  authenticationUrl: optional(text({ description: "Token endpoint of OAuth and OAuthWithCert." })),
  csrfInfo: optional(
    object({ tokenEndpointURL: text({ description: "Where a CSRF token is fetched before each call." }) }),
  ),
});

const entry = object({
  type: oneOf(["API", "Events"]),
  id: optional(text()),
  name: optional(text({ description: "Third path segment of the Compass addressing, normalised." })),
  apiType: optional(text()),
  targetUrl: optional(text({ description: "Base URL of the API; may have a path and a query." })),
  gatewayUrl: optional(text()),
  centralGatewayUrl: optional(text()),
  specificationUrl: optional(text()),
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

const service = object({
  id: text(),
  name: text(),
  displayName: text({ description: "Second path segment of the gateway's addressing, normalised." }),
  providerDisplayName: text(),
  description: text(),
  identifier: optional(text()),
  labels: optional(nullable(mapOf(text()))),
  longDescription: optional(text()),
  authCreateParameterSchema: optional(text()),
  tags: optional(listOf(text())),
  entries: listOf(entry),
});

const spec = object({
  description: optional(text()),
  skipInstallation: optional(flag()),
  skipVerify: optional(
    flag({ description: "Turns off TLS verification for every call of this Application." }),
  ),
  encodeUrl: optional(flag({ default: true, description: "false keeps the path of a call byte for byte." })),
  labels: optional(nullable(mapOf(text()))),
  tenant: optional(text()),
  group: optional(text()),
  tags: optional(nullable(listOf(text()))),
  displayName: optional(text()),
  providerDisplayName: optional(text()),
  longDescription: optional(text()),
  accessLabel: optional(accessLabel()),
  compassMetadata: optional(
    object({ applicationId: optional(text()), authentication: object({ clientIds: listOf(text()) }) }),
  ),
  services: optional(nullable(listOf(service))),
});

const status = object({
  installationStatus: optional(object({ status: text(), description: optional(text()) })),
  conditions: optional(
    listOf(
      object({
        type: text(),
        status: oneOf(["True", "False", "Unknown"]),
        reason: text(),
        message: text(),
        lastTransitionTime: text({ format: "date-time" }),
      }),
    ),
  ),
});

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
    { name: "Status", type: "string", description: "What needs attention", priority: 0, cell: statusCell },
    ageColumn,
    {
      name: "Provider",
      type: "string",
      description: "Who provides the system",
      priority: 1,
      cell: (value) => value.spec?.providerDisplayName ?? null,
    },
    {
      name: "Description",
      type: "string",
      description: "What the system is",
      priority: 1,
      cell: (value) => value.spec?.description ?? null,
    },
  ],
};

function statusCell(value: Application): string | null {
  const installed = value.status?.installationStatus?.status;
  if (installed) return installed;
  return value.status?.conditions?.find((condition) => condition.status !== "True")?.type ?? null;
}
