import type { Kind } from "./kind.ts";
import type { Resource } from "./resource.ts";
import { applicationKind } from "./application.ts";
import { applicationMappingKind } from "./application-mapping.ts";
import { clusterAssetGroupKind } from "./cluster-asset-group.ts";
import { clusterAssetKind } from "./cluster-asset.ts";
import { configMapKind } from "./config-map.ts";
import { eventKind } from "./event.ts";
import { namespaceKind } from "./namespace.ts";
import { secretKind } from "./secret.ts";
import { serviceKind } from "./service.ts";
import { subscriptionKind } from "./subscription.ts";
import { tokenRequestKind } from "./token-request.ts";

/** Every kind the product knows. A new one is one file and one line here. */
export const kinds: readonly Kind[] = [
  erase(applicationKind),
  erase(applicationMappingKind),
  erase(tokenRequestKind),
  erase(clusterAssetGroupKind),
  erase(clusterAssetKind),
  erase(subscriptionKind),
  erase(secretKind),
  erase(configMapKind),
  erase(namespaceKind),
  erase(serviceKind),
  erase(eventKind),
];

/**
 * A list of kinds forgets the type of each: columns and rules are only ever called with objects of their
 * own kind, which the compiler cannot see.
 */
function erase<T extends Resource>(kind: Kind<T>): Kind {
  return kind as unknown as Kind;
}
