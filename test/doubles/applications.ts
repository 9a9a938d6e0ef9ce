import type {
  Application,
  ApplicationEntry,
  ApplicationService,
  ApplicationSpec,
} from "../../src/core/resources/application.ts";
import type { Secret } from "../../src/core/resources/secret.ts";
import type { New } from "../../src/core/resources/resource.ts";

/** An Application as its author writes it. */
export function application(
  name: string,
  services: readonly ApplicationService[],
  spec: Partial<ApplicationSpec> = {},
): New<Application> {
  return { metadata: { name }, spec: { ...spec, services: [...services] } };
}

/** Its segment in paths is the display name, normalised. */
export function service(
  displayName: string,
  entries: readonly ApplicationEntry[],
  overrides: Partial<ApplicationService> = {},
): ApplicationService {
  return {
    id: `id-of-${displayName.toLowerCase().replace(/[^a-z0-9]+/g, "-")}`,
    name: displayName,
    displayName,
    providerDisplayName: "ACME",
    description: "a service of a test",
    entries: [...entries],
    ...overrides,
  };
}

export function api(targetUrl: string, overrides: Partial<ApplicationEntry> = {}): ApplicationEntry {
  return { type: "API", name: "REST v1", targetUrl, ...overrides };
}

/** The Application that most tests need: called at `/shop/orders-api/…`, on 8082 at `/shop/orders-api/rest-v1/…`. */
export function shop(
  targetUrl: string,
  entry: Partial<ApplicationEntry> = {},
  spec: Partial<ApplicationSpec> = {},
): New<Application> {
  return application("shop", [service("Orders API", [api(targetUrl, entry)])], spec);
}

export const CREDENTIALS_NAMESPACE = "kyma-system";

/** A Secret of the credentials namespace with plain values. */
export function secret(name: string, data: Readonly<Record<string, string>>): New<Secret> {
  const encoded = Object.entries(data).map(([key, value]) => [key, Buffer.from(value).toString("base64")]);
  return {
    metadata: { name, namespace: CREDENTIALS_NAMESPACE },
    data: Object.fromEntries(encoded) as Record<string, string>,
  };
}
