import type { ClientSubject } from "./client-identity.ts";
import type { RelativeName } from "./distinguished-name.ts";

/** Names and numbers of the attributes that rules look at (RFC 4519; RFC 2253 §2.3). */
const ATTRIBUTES: ReadonlyMap<string, keyof Omit<ClientSubject, "duplicated">> = new Map([
  ["CN", "commonName"],
  ["COMMONNAME", "commonName"],
  ["2.5.4.3", "commonName"],
  ["O", "organization"],
  ["ORGANIZATIONNAME", "organization"],
  ["2.5.4.10", "organization"],
  ["OU", "organizationalUnit"],
  ["ORGANIZATIONALUNITNAME", "organizationalUnit"],
  ["2.5.4.11", "organizationalUnit"],
  ["L", "locality"],
  ["LOCALITYNAME", "locality"],
  ["2.5.4.7", "locality"],
  ["ST", "province"],
  ["S", "province"],
  ["SP", "province"],
  ["STATEORPROVINCENAME", "province"],
  ["2.5.4.8", "province"],
  ["C", "country"],
  ["COUNTRYNAME", "country"],
  ["2.5.4.6", "country"],
]);

/** What rules look at, of a subject's relative names in any order. */
export function clientSubject(names: readonly RelativeName[]): ClientSubject {
  const subject: { -readonly [Key in keyof ClientSubject]: ClientSubject[Key] } = {
    commonName: undefined,
    organization: undefined,
    organizationalUnit: undefined,
    locality: undefined,
    province: undefined,
    country: undefined,
    duplicated: false,
  };
  const seen = new Set<string>();
  for (const { type, value } of names.flat()) {
    const attribute = ATTRIBUTES.get(type.toUpperCase().replace(/^OID\./, ""));
    if (!attribute) continue;
    const again = seen.has(attribute);
    if (again) subject.duplicated = true;
    seen.add(attribute);
    subject[attribute] = again ? undefined : value;
  }
  return subject;
}
