import type { Static } from "typebox";
import { object, optional, text } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { ageColumn, nameColumn } from "./columns.ts";

/** tokenrequests.applicationconnector.kyma-project.io/v1alpha1 (connector spec §11, control-plane spec §1.4). */
const context = object(
  {
    tenant: optional(text({ description: "Tenant of the Application, in central mode." })),
    group: optional(text({ description: "Group of the Application, in central mode." })),
  },
  {
    description:
      "Whom the Application belongs to, in central mode; beside spec, as existing manifests have it.",
  },
);

// Everything is optional: the original's definition required all five, so that no failure could be written.
const status = object(
  {
    token: optional(text({ description: "One-time token; good for one pairing until expireAfter." })),
    url: optional(text({ description: "Pairing link for the external system; holds the token." })),
    expireAfter: optional(text({ format: "date-time", description: "When the token and this object end." })),
    application: optional(text({ description: "Application that the token is for." })),
    state: optional(text({ description: "OK or Error." })),
  },
  { description: "The token, once there is one." },
);

const schema = object({ context: optional(context), status: optional(status) });

/** Asks for a pairing token for the Application of the same name. */
export interface TokenRequest extends Resource {
  readonly apiVersion: "applicationconnector.kyma-project.io/v1alpha1";
  readonly kind: "TokenRequest";
  /** Beside `spec`, not in it: existing manifests have it here. */
  readonly context?: Static<typeof context>;
  readonly status?: Static<typeof status>;
}

export const tokenRequestKind: Kind<TokenRequest> = {
  group: "applicationconnector.kyma-project.io",
  version: "v1alpha1",
  kind: "TokenRequest",
  description:
    "Asks for a one-time token, with which the external system of the Application of the same name pairs.",
  plural: "tokenrequests",
  singular: "tokenrequest",
  shortNames: [],
  categories: [],
  scope: "Namespaced",
  statusSubresource: false,
  custom: true,
  // Whoever reads status.token may take the Application's identity.
  secret: true,
  schema,
  columns: [
    nameColumn,
    {
      name: "State",
      type: "string",
      description: "OK or Error",
      priority: 0,
      jsonPath: ".status.state",
      cell: (value) => value.status?.state ?? null,
    },
    {
      name: "Expires",
      type: "string",
      description: "When the token ends",
      priority: 0,
      jsonPath: ".status.expireAfter",
      cell: (value) => value.status?.expireAfter ?? null,
    },
    ageColumn,
    {
      name: "Application",
      type: "string",
      description: "Application that the token is for",
      priority: 1,
      jsonPath: ".status.application",
      cell: (value) => value.status?.application ?? null,
    },
  ],
};
