import { namespaceKind, type Namespace } from "../core/resources/namespace.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type { Store } from "../stores/store.ts";
import { AS_REGISTRY } from "./as-registry.ts";

/** Creates the namespace of Secrets and Access Services where it is not there (amendment A1). */
export async function ensureNamespace(store: Store, name: string): Promise<void> {
  const namespaces = store.collection<Namespace>(namespaceKind, AS_REGISTRY);
  if (await namespaces.get({ name })) return;
  try {
    await namespaces.create({ metadata: { name } });
  } catch (error) {
    if (!isStoreFailure(error, "STORE_ALREADY_EXISTS")) throw error;
  }
}
