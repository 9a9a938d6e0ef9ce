import type { Static } from "typebox";
import { listOf, nullable, object, optional, text } from "./schema.ts";
import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { ageColumn, nameColumn } from "./columns.ts";

/** applicationmappings.applicationconnector.kyma-project.io/v1alpha1 (control-plane spec §1.2). */
const service = object({
  id: optional(text({ description: "Identifier of a service of the Application." })),
});

const spec = object(
  {
    services: optional(
      nullable(
        listOf(service, {
          description:
            "Services that the namespace may use: all where it is absent or null, none where it is empty.",
        }),
      ),
    ),
  },
  { description: "What the namespace may use of the Application; all where it is absent." },
);

const schema = object({ spec: optional(nullable(spec)) });

/** Opens the Application of the same name to a namespace. The Application need not exist. */
export interface ApplicationMapping extends Resource {
  readonly apiVersion: "applicationconnector.kyma-project.io/v1alpha1";
  readonly kind: "ApplicationMapping";
  readonly spec?: Static<typeof spec> | null;
}

export const applicationMappingKind: Kind<ApplicationMapping> = {
  group: "applicationconnector.kyma-project.io",
  version: "v1alpha1",
  kind: "ApplicationMapping",
  description: "Opens the Application of the same name to the namespace that it is in.",
  plural: "applicationmappings",
  singular: "applicationmapping",
  shortNames: ["am"],
  categories: [],
  scope: "Namespaced",
  statusSubresource: false,
  custom: true,
  schema,
  columns: [
    nameColumn,
    {
      name: "Services",
      type: "string",
      description: "Number of services that the namespace may use",
      priority: 0,
      cell: (value) => value.spec?.services?.length.toString() ?? "all",
    },
    ageColumn,
  ],
};
