import { isDeepStrictEqual } from "node:util";
import type { New, Ref, Resource } from "../core/resources/resource.ts";
import { secretKind, type Secret } from "../core/resources/secret.ts";
import { serviceKind, type Service } from "../core/resources/service.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type { Collection, Store } from "../stores/store.ts";
import { accessService } from "./access-service.ts";
import { isOfAnother } from "./is-of-another.ts";
import type { Owner } from "./owned-metadata.ts";
import type { SecretData } from "./secret-data.ts";
import { serviceSecret } from "./service-secret.ts";
import { TakenObject } from "./taken-object.ts";
import { AS_REGISTRY } from "./as-registry.ts";

/** Times that a write of an object meets another one before it gives up. */
const TRIES = 10;

/** The Secrets and Access Services that the registry keeps beside Applications (registry spec §6.3). */
export class ServiceObjects {
  readonly #secrets: Collection<Secret>;
  readonly #services: Collection<Service>;
  readonly #namespace: string;

  constructor(store: Store, namespace: string) {
    this.#secrets = store.collection<Secret>(secretKind, AS_REGISTRY);
    this.#services = store.collection<Service>(serviceKind, AS_REGISTRY);
    this.#namespace = namespace;
  }

  secret(name: string): Promise<Secret | undefined> {
    return this.#secrets.get(this.#ref(name));
  }

  /** All that have a label, with whatever value. */
  async labelled(key: string): Promise<readonly Secret[]> {
    const labels = [{ key, operator: "exists", values: [] }] as const;
    return (await this.#secrets.list({ namespace: this.#namespace, labels })).items;
  }

  /** Of a service that is new: nothing of that name is expected; as putSecret. Gives what is stored then. */
  async createSecret(name: string, data: SecretData, owner: Owner): Promise<Secret> {
    try {
      return await this.#secrets.create(serviceSecret(owner, { name, namespace: this.#namespace, data }));
    } catch (error) {
      if (!isStoreFailure(error, "STORE_ALREADY_EXISTS")) throw error;
      return await this.putSecret(name, data, owner);
    }
  }

  /**
   * Creates a Secret or replaces its data; TakenObject. Labels that others have put there stay. What is there
   * already is not written again. Gives what is stored then.
   */
  async putSecret(name: string, data: SecretData, owner: Owner): Promise<Secret> {
    const wanted = serviceSecret(owner, { name, namespace: this.#namespace, data });
    return await repeated(async () => {
      const stored = await this.secret(name);
      if (!stored) return await this.#secrets.create(wanted);
      refuseTaken(stored, owner);
      const { ownerReferences = [] } = wanted.metadata;
      const labels = { ...stored.metadata.labels, ...wanted.metadata.labels };
      if (isSame(stored, { ...wanted, metadata: { ...wanted.metadata, labels } })) return stored;
      const metadata = { ...stored.metadata, labels, ownerReferences };
      return await this.#secrets.update({ ...stored, metadata, data });
    });
  }

  async removeSecret(name: string, application: string): Promise<void> {
    await removeOwn(this.#secrets, this.#ref(name), application);
  }

  /** All that have a label, with whatever value. */
  async labelledAccessServices(key: string): Promise<readonly Service[]> {
    const labels = [{ key, operator: "exists", values: [] }] as const;
    return (await this.#services.list({ namespace: this.#namespace, labels })).items;
  }

  /** One that exists is left untouched (registry spec §4); TakenObject. */
  async ensureAccessService(owner: Owner, proxyPort: number): Promise<void> {
    const wanted = accessService(owner, { credentialsNamespace: this.#namespace, proxyPort });
    try {
      await this.#services.create(wanted);
    } catch (error) {
      if (!isStoreFailure(error, "STORE_ALREADY_EXISTS")) throw error;
      const stored = await this.#services.get(this.#ref(wanted.metadata.name));
      if (stored) refuseTaken(stored, owner);
    }
  }

  async removeAccessService(name: string, application: string): Promise<void> {
    await removeOwn(this.#services, this.#ref(name), application);
  }

  #ref(name: string): Ref {
    return { name, namespace: this.#namespace };
  }
}

function isSame(stored: Secret, wanted: New<Secret>): boolean {
  return (
    isDeepStrictEqual({ ...stored.data }, { ...wanted.data }) &&
    isDeepStrictEqual({ ...stored.metadata.labels }, { ...wanted.metadata.labels }) &&
    stored.metadata.ownerReferences?.[0]?.uid === wanted.metadata.ownerReferences?.[0]?.uid
  );
}

/** Reads and writes again where another writer was quicker. */
async function repeated<Result>(write: () => Promise<Result>): Promise<Result> {
  for (let tries = 1; ; tries++) {
    try {
      // eslint-disable-next-line no-await-in-loop -- each try begins with what the one before met
      return await write();
    } catch (error) {
      const isRace = isStoreFailure(error, "STORE_CONFLICT", "STORE_NOT_FOUND", "STORE_ALREADY_EXISTS");
      if (!isRace || tries === TRIES) throw error;
    }
  }
}

function refuseTaken(stored: Resource, { application }: Owner): void {
  if (!isOfAnother(stored, application.metadata.name)) return;
  const { kind, metadata } = stored;
  throw new TakenObject(`${kind} ${metadata.name}`);
}

/** Neither what is not there nor what another Application has under that name. */
async function removeOwn<T extends Resource>(
  collection: Collection<T>,
  ref: Ref,
  application: string,
): Promise<void> {
  const stored = await collection.get(ref);
  if (!stored || isOfAnother(stored, application)) return;
  try {
    await collection.remove(ref, { precondition: { uid: stored.metadata.uid } });
  } catch (error) {
    // It is another one now, of whoever made that.
    if (!isStoreFailure(error, "STORE_NOT_FOUND", "STORE_CONFLICT")) throw error;
  }
}
