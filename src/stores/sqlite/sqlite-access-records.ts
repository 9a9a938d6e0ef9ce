import type { AccessRecord, AccessRecords } from "../access-records.ts";
import type { WorkerLink } from "./worker-link.ts";

/** The access tokens in the embedded store; the work is done in the store's thread. */
export class SqliteAccessRecords implements AccessRecords {
  readonly #link: WorkerLink;

  constructor(link: WorkerLink) {
    this.#link = link;
  }

  async list(): Promise<readonly AccessRecord[]> {
    return this.#link.call({ operation: "accessRecords" });
  }

  async add(record: AccessRecord): Promise<void> {
    await this.#link.call({ operation: "addAccess", record: sent(record) });
  }

  async remove(name: string): Promise<boolean> {
    return this.#link.call({ operation: "removeAccess", name });
  }

  async used(hash: string, at: number): Promise<void> {
    await this.#link.call({ operation: "usedAccess", hash, at });
  }
}

/** With its own fields alone: an object of the caller may hold more, such as the token. */
function sent(record: AccessRecord): AccessRecord {
  const { name, hash, prefix, role, applications, createdAt, createdBy, expiresAt, lastUsedAt } = record;
  const limit = applications && [...applications];
  return { name, hash, prefix, role, applications: limit, createdAt, createdBy, expiresAt, lastUsedAt };
}
