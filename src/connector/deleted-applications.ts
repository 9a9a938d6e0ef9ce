import type { Clock } from "../core/clock.ts";
import { applicationKind, type Application } from "../core/resources/application.ts";
import { FollowedCollection } from "../snapshot/followed-collection.ts";
import type { Store } from "../stores/store.ts";
import { eachCertificate } from "./each-certificate.ts";
import type { Revoking } from "./revoke.ts";

export interface DeletedApplicationsParts {
  readonly store: Store;
  readonly revoking: Revoking;
  readonly clock: Clock;
  readonly warn: (message: string, fields: Readonly<Record<string, unknown>>) => void;
}

/**
 * Revokes the certificates of an Application when it is deleted (connector spec §21). One that never was
 * there keeps its certificates: pairing may come before it.
 */
export class DeletedApplications implements AsyncDisposable {
  readonly #parts: DeletedApplicationsParts;
  readonly #followed: FollowedCollection<Application>;
  readonly #underway = new Set<Promise<void>>();

  constructor(parts: DeletedApplicationsParts) {
    this.#parts = parts;
    this.#followed = new FollowedCollection<Application>({
      collection: parts.store.collection<Application>(applicationKind),
      changed: (name) => this.#changed(name),
      interrupted: (error) => parts.warn("a watch of the store broke off and is begun again", { error }),
      clock: parts.clock,
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#followed.close();
    await Promise.all(this.#underway);
  }

  #changed(name: string): void {
    if (this.#followed.get(name)) return;
    const work = this.#revokeAll(name)
      .catch((error: unknown) => {
        this.#parts.warn("the certificates of a deleted Application cannot be revoked", { name, error });
      })
      .finally(() => this.#underway.delete(work));
    this.#underway.add(work);
  }

  async #revokeAll(application: string): Promise<void> {
    const { store, revoking, clock } = this.#parts;
    const filter = { application, expiresAfter: clock.now() };
    const peer = "deletion of the Application";
    // Collected first: a page after a revocation would begin elsewhere.
    const hashes: string[] = [];
    for await (const { hash } of eachCertificate(store.pairing, filter)) hashes.push(hash);
    // eslint-disable-next-line no-await-in-loop -- few, and others use the store too
    for (const hash of hashes) await revoking.revoke({ hash, peer });
  }
}
