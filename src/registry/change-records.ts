import { createHash } from "node:crypto";
import type { Application } from "../core/resources/application.ts";
import { secretKind, type Secret } from "../core/resources/secret.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type { Collection, Store } from "../stores/store.ts";
import { ownedMetadata } from "./owned-metadata.ts";
import { serviceKey } from "./registry-context.ts";
import { textData, textOf } from "./secret-data.ts";
import type { ServiceState } from "./service-state.ts";

/** A change that was begun: what a service is to become. */
export interface ChangeRecord {
  readonly application: string;
  readonly state: ServiceState;
}

const LABEL = "registry";
const VALUE = "change";

/**
 * Several objects change with a service, and a process may end between two of them. Before the first, what the
 * service is to become is kept as a whole; whoever finds such a record puts it in place (amendment A10).
 */
export class ChangeRecords {
  readonly #secrets: Collection<Secret>;
  readonly #namespace: string;

  constructor(store: Store, namespace: string) {
    this.#secrets = store.collection<Secret>(secretKind);
    this.#namespace = namespace;
  }

  /** Durable when it resolves. A record of the same service that was left behind is replaced. */
  async keep(application: Application, state: ServiceState): Promise<void> {
    const name = recordName(application.metadata.name, state.entry.id);
    const metadata = ownedMetadata({ application, serviceId: state.entry.id }, name, this.#namespace);
    const record: ChangeRecord = { application: application.metadata.name, state };
    const data = textData({ record: JSON.stringify(record) });
    // Not the labels of the service's own Secrets: this one is none of them.
    const labels = { [LABEL]: VALUE };
    try {
      await this.#secrets.create({ metadata: { ...metadata, labels }, type: "Opaque", data });
    } catch (error) {
      if (!isStoreFailure(error, "STORE_ALREADY_EXISTS")) throw error;
      await this.#secrets.patch({ name, namespace: this.#namespace }, { type: "merge", value: { data } });
    }
  }

  async drop(application: string, serviceId: string): Promise<void> {
    const name = recordName(application, serviceId);
    try {
      await this.#secrets.remove({ name, namespace: this.#namespace });
    } catch (error) {
      if (!isStoreFailure(error, "STORE_NOT_FOUND")) throw error;
    }
  }

  /** All that were left behind. */
  async list(): Promise<readonly ChangeRecord[]> {
    const labels = [{ key: LABEL, operator: "=", values: [VALUE] }] as const;
    const { items } = await this.#secrets.list({ namespace: this.#namespace, labels });
    return items.flatMap(({ data }) => {
      const text = textOf(data, "record");
      return text === undefined ? [] : [JSON.parse(text) as ChangeRecord];
    });
  }
}

/** Ids of services that others wrote may be any text, and two Applications may use the same. */
function recordName(application: string, serviceId: string): string {
  const hash = createHash("sha256").update(serviceKey(application, serviceId)).digest("hex");
  return `registry-change-${hash.slice(0, 40)}`;
}
