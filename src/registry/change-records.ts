import { createHash } from "node:crypto";
import type { Application } from "../core/resources/application.ts";
import type { Ref, WrittenMetadata } from "../core/resources/resource.ts";
import { secretKind, type Secret } from "../core/resources/secret.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type { Collection, Store } from "../stores/store.ts";
import { ownedMetadata } from "./owned-metadata.ts";
import { joinRecord, partNames, splitRecord } from "./record-parts.ts";
import { serviceKey } from "./registry-context.ts";
import type { SecretData } from "./secret-data.ts";
import type { ServiceState } from "./service-state.ts";
import { AS_REGISTRY } from "./as-registry.ts";

/** A change that was begun: what a service is to become. */
export interface ChangeRecord {
  readonly application: string;
  readonly state: ServiceState;
}

const LABEL = "registry";
const [VALUE, PART] = ["change", "change-part"] as const;

/**
 * Several objects change with a service, and a process may end between two of them. Before the first, what the
 * service is to become is kept as a whole; whoever finds such a record puts it in place (amendment A10).
 */
export class ChangeRecords {
  readonly #secrets: Collection<Secret>;
  readonly #namespace: string;
  /** Names of records that may have parts. */
  readonly #large = new Set<string>();
  /** How many are being written. */
  #keeping = 0;

  constructor(store: Store, namespace: string) {
    this.#secrets = store.collection<Secret>(secretKind, AS_REGISTRY);
    this.#namespace = namespace;
  }

  /** Durable when it resolves. A record of the same service that was left behind is replaced. */
  async keep(application: Application, state: ServiceState): Promise<void> {
    const owner = { application, serviceId: state.entry.id };
    const name = recordName(application.metadata.name, state.entry.id);
    const record: ChangeRecord = { application: application.metadata.name, state };
    const { head, parts } = splitRecord(name, JSON.stringify(record));
    const write = (of: string, data: SecretData, value: string) =>
      this.#write({ ...ownedMetadata(owner, of, this.#namespace), labels: { [LABEL]: value } }, data);
    if (parts.size > 0) this.#large.add(name);
    this.#keeping++;
    try {
      await Promise.all([...parts].map(([part, data]) => write(part, data, PART)));
      await write(name, head, VALUE);
    } finally {
      this.#keeping--;
    }
  }

  async drop(application: string, serviceId: string): Promise<void> {
    const name = recordName(application, serviceId);
    const head = this.#large.has(name) ? await this.#secrets.get(this.#ref(name)) : undefined;
    await this.#remove(name);
    await Promise.all(partNames(head?.data ?? {}).map((part) => this.#remove(part)));
    this.#large.delete(name);
  }

  /** All that were left behind. */
  async list(): Promise<readonly ChangeRecord[]> {
    const heads = await this.#labelled(VALUE);
    const texts = await Promise.all(heads.map((head) => this.#textOf(head)));
    return texts.flatMap((text) => (text === undefined ? [] : [JSON.parse(text) as ChangeRecord]));
  }

  /** Removes parts that no record names: of changes that broke off before they began. */
  async collectParts(): Promise<void> {
    // What has no head now may get one in a moment.
    if (this.#keeping > 0) return;
    const parts = await this.#labelled(PART);
    if (parts.length === 0) return;
    const named = new Set((await this.#labelled(VALUE)).flatMap(({ data = {} }) => partNames(data)));
    const lost = parts.filter(({ metadata }) => !named.has(metadata.name));
    await Promise.all(lost.map(({ metadata }) => this.#remove(metadata.name)));
  }

  async #textOf({ metadata, data = {} }: Secret): Promise<string | undefined> {
    const names = partNames(data);
    if (names.length > 0) this.#large.add(metadata.name);
    const parts = await Promise.all(names.map((name) => this.#secrets.get(this.#ref(name))));
    return joinRecord([data, ...parts.map((part) => part?.data)]);
  }

  async #labelled(value: string): Promise<readonly Secret[]> {
    const labels = [{ key: LABEL, operator: "=", values: [value] }] as const;
    return (await this.#secrets.list({ namespace: this.#namespace, labels })).items;
  }

  async #write(metadata: WrittenMetadata, data: SecretData): Promise<void> {
    try {
      await this.#secrets.create({ metadata, type: "Opaque", data });
    } catch (error) {
      if (!isStoreFailure(error, "STORE_ALREADY_EXISTS")) throw error;
      // The former may have had parts.
      const value = { data: { parts: null, ...data } };
      await this.#secrets.patch(this.#ref(metadata.name), { type: "merge", value });
    }
  }

  async #remove(name: string): Promise<void> {
    try {
      await this.#secrets.remove(this.#ref(name));
    } catch (error) {
      if (!isStoreFailure(error, "STORE_NOT_FOUND")) throw error;
    }
  }

  #ref(name: string): Ref {
    return { name, namespace: this.#namespace };
  }
}

/** Ids of services that others wrote may be any text, and two Applications may use the same. */
function recordName(application: string, serviceId: string): string {
  const hash = createHash("sha256").update(serviceKey(application, serviceId)).digest("hex");
  return `registry-change-${hash.slice(0, 40)}`;
}
