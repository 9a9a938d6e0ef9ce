import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreFailure } from "../store-failure.ts";
import { sqliteCode, SQLITE_BUSY } from "./sqlite-errors.ts";

/**
 * One process for one data directory. What holds is a lock of the operating system, taken through an empty
 * database of its own: it ends with the process however that ends, and a reused process number cannot fool
 * it. The text file beside it only says who holds the lock.
 */
export class DirectoryLock {
  readonly #database: DatabaseSync;

  private constructor(database: DatabaseSync) {
    this.#database = database;
  }

  /** `holder` is how another process names this one: `process 1234 (appconn serve, started …)`. */
  static take(directory: string, holder: string): DirectoryLock {
    const file = join(directory, "lock.db");
    const database = new DatabaseSync(file, { timeout: 0 });
    try {
      // Nothing is ever written into this database, so its journal need not reach the disk.
      database.exec("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE");
    } catch (error) {
      database.close();
      if (sqliteCode(error) !== SQLITE_BUSY) throw error;
      throw new StoreFailure("STORE_LOCKED", [directory, currentHolder(directory)], { cause: error });
    }
    // By its name: to open and close the file would drop the lock, which is one of POSIX (fcntl(2)).
    chmodSync(file, 0o600);
    writeFileSync(holderFile(directory), `${holder}\n`, { mode: 0o600 });
    return new DirectoryLock(database);
  }

  release(): void {
    this.#database.close();
  }
}

function holderFile(directory: string): string {
  return join(directory, "lock.holder");
}

function currentHolder(directory: string): string {
  try {
    return readFileSync(holderFile(directory), "utf8").trim() || "another process";
  } catch {
    // The holder has the lock but has not written its name yet.
    return "another process";
  }
}
