import type { New } from "../core/resources/resource.ts";
import type { Secret } from "../core/resources/secret.ts";
import { ownedMetadata, type Owner } from "./owned-metadata.ts";
import type { SecretData } from "./secret-data.ts";

export interface SecretContent {
  readonly name: string;
  readonly namespace: string;
  readonly data: SecretData;
}

/** A Secret of a service: its credentials or its request parameters. */
export function serviceSecret(owner: Owner, { name, namespace, data }: SecretContent): New<Secret> {
  return { metadata: ownedMetadata(owner, name, namespace), type: "Opaque", data };
}
