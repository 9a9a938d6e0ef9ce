import type { DatabaseSync } from "node:sqlite";
import { SCHEMA_STEPS, SCHEMA_VERSION } from "./schema.ts";

/**
 * Takes a database of an earlier version to this one, or an empty one from the beginning. It runs inside the
 * caller's transaction, which holds the version's number too: a process that is killed on the way, or finds
 * the disk full, leaves the database as it was.
 */
export function upgradeSchema(database: DatabaseSync, version: number): void {
  for (const step of SCHEMA_STEPS.slice(version)) database.exec(step);
  database.exec(`PRAGMA user_version = ${SCHEMA_VERSION}`);
}
