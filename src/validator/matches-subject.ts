import type { ClientSubject } from "../http/client-identity.ts";
import type { ValidatedApplication } from "./validated-application.ts";

/**
 * Whether a certificate's subject belongs to an Application (connector spec §16). A subject with an attribute
 * that stands in it twice belongs to none: readers disagree on which of the values counts.
 */
export function matchesSubject(
  subject: ClientSubject,
  { commonNames, tenant, group }: ValidatedApplication,
  central: boolean,
): boolean {
  const { commonName, organization, organizationalUnit, duplicated } = subject;
  if (duplicated || commonName === undefined || !commonNames.includes(commonName)) return false;
  if (!central || tenant === undefined) return true;
  return organization === tenant && organizationalUnit === group;
}
