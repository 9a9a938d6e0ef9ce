import { X509Certificate } from "node:crypto";
import { reasonOf } from "../core/failures.ts";
import type { ApplicationService } from "../core/resources/application.ts";
import type { Secret } from "../core/resources/secret.ts";
import { apiEntryOf } from "./api-entry.ts";
import { isOfAnother } from "./is-of-another.ts";
import { refused, type Refused } from "./refused.ts";
import type { RegistryContext } from "./registry-context.ts";
import { textOf, type SecretData } from "./secret-data.ts";
import type { DocumentReference } from "./service-documents.ts";
import { serviceHash } from "./service-hash.ts";

/** A service with everything that is kept of it. */
export interface DescribedService {
  readonly kind: "described";
  readonly service: ApplicationService;
  /** Of `serviceHash`. */
  readonly hash: string;
  readonly credentials: SecretData | undefined;
  readonly parameters: SecretData | undefined;
  readonly documents: readonly DocumentReference[];
  readonly warnings: readonly string[];
}

/** Milliseconds before the end of a generated certificate from which on that is told (registry spec §6.4). */
const SOON = 30 * 86_400_000;

export async function describeService(
  context: Pick<RegistryContext, "objects" | "documents" | "clock">,
  application: string,
  service: ApplicationService,
): Promise<DescribedService | Refused> {
  const names = secretNames(service);
  // At once, so that the store is asked for all of it in one go.
  const [documents, credentials, parameters] = await Promise.all([
    readDocuments(context, application, service.id),
    read(context, application, names.credentials),
    read(context, application, names.parameters),
  ]);
  if ("kind" in documents) return documents;
  const secrets = { credentials: credentials?.data, parameters: parameters?.data };
  const versions = {
    credentials: credentials?.metadata.resourceVersion,
    parameters: parameters?.metadata.resourceVersion,
  };
  // A document by its hash, so that nobody has to read it.
  const hash = serviceHash(service, versions, documents);
  const missing = [names.credentials, names.parameters].filter(
    (name, index) => name !== undefined && [credentials, parameters][index] === undefined,
  );
  const warnings = [
    ...missing.map((name) => `Secret ${name} not found`),
    ...certificateWarnings(secrets.credentials, context.clock.now()),
  ];
  return { kind: "described", service, hash, ...secrets, documents, warnings };
}

async function readDocuments(
  { documents }: Pick<RegistryContext, "documents">,
  application: string,
  id: string,
): Promise<readonly DocumentReference[] | Refused> {
  try {
    return await documents.references(application, id);
  } catch (error) {
    return refused("REGISTRY_DOCUMENTS_UNREADABLE", reasonOf(error));
  }
}

interface SecretNames {
  readonly credentials: string | undefined;
  readonly parameters: string | undefined;
}

/** As the entry has them: services that others registered may have Secrets of other names. */
function secretNames(service: ApplicationService): SecretNames {
  const entry = apiEntryOf(service);
  return {
    credentials: entry?.credentials?.secretName || undefined,
    parameters: entry?.requestParametersSecretName || undefined,
  };
}

/** Nothing of another Application's, whatever the entry says: who keeps stars as they are would get it. */
async function read(
  { objects }: Pick<RegistryContext, "objects">,
  application: string,
  name: string | undefined,
): Promise<Secret | undefined> {
  const secret = name === undefined ? undefined : await objects.secret(name);
  return secret && isOfAnother(secret, application) ? undefined : secret;
}

function certificateWarnings(data: SecretData | undefined, now: number): readonly string[] {
  const certificate = textOf(data, "commonName") === undefined ? undefined : textOf(data, "crt");
  if (certificate === undefined) return [];
  try {
    const end = new X509Certificate(certificate).validToDate;
    return end.getTime() - now > SOON ? [] : [`The generated certificate ends at ${end.toISOString()}`];
  } catch {
    return ["The generated certificate cannot be read"];
  }
}
