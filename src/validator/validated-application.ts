import type { Application } from "../core/resources/application.ts";

/** What the validator needs to know of an Application. */
export interface ValidatedApplication {
  /** Common names that may come in for it; never empty. */
  readonly commonNames: readonly string[];
  /** Organization and organizational unit that the certificate must have, where tenants are told apart. */
  readonly tenant: string | undefined;
  readonly group: string | undefined;
}

/** Undefined for an Application that is being deleted: it is refused at once. */
export function validatedApplication({ metadata, spec }: Application): ValidatedApplication | undefined {
  if (metadata.deletionTimestamp !== undefined) return undefined;
  const clientIds = spec?.compassMetadata?.authentication.clientIds ?? [];
  // With client ids the name alone is not accepted (connector spec §16).
  const commonNames = clientIds.length > 0 ? clientIds : [metadata.name];
  const { tenant, group } = spec ?? {};
  // With one of them empty neither is checked.
  const both = tenant && group;
  return { commonNames, tenant: both ? tenant : undefined, group: both ? group : undefined };
}
