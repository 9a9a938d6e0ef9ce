import { closeSync, existsSync, fsyncSync, openSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { StoreFailure } from "../store-failure.ts";

/** Written into the header of the file, so that another program's file is not taken for ours. */
const APPLICATION_ID = 0x61_70_63_62;

/** Goes up with every change of the tables. */
const VERSION = 1;

/**
 * What is small stands before the content, so that it is found without reading that. Hashes are bytes: half as
 * long as their digits.
 */
const SCHEMA = `
CREATE TABLE blobs (
  hash BLOB NOT NULL UNIQUE,
  put_at INTEGER NOT NULL,
  content BLOB NOT NULL
) STRICT;
`;

/**
 * FULL: a commit is acknowledged only after its fsync. The size of pages suits contents of some ten KiB, and
 * auto_vacuum gives back the room of those that are collected; neither can be changed later.
 */
const SETTINGS = `
PRAGMA page_size = 16384;
PRAGMA auto_vacuum = FULL;
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA journal_size_limit = 67108864;
`;

/** Opens the database of small contents, or makes it. The caller holds the lock of its directory. */
export function openBlobDatabase(file: string): DatabaseSync {
  if (!existsSync(file)) createFile(file);
  const database = new DatabaseSync(file, { timeout: 2000 });
  try {
    const isOurs = isOursOrNew(database);
    if (isOurs === false) {
      const reason = `${file} is of another program, or of a later version of this one`;
      throw new StoreFailure("BLOB_STORE_UNAVAILABLE", [reason]);
    }
    database.exec(SETTINGS);
    if (isOurs === "new") createTable(database);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/** What a killed process left is new, too: the version comes with the table or not at all. */
function isOursOrNew(database: DatabaseSync): boolean | "new" {
  const [application, version] = [pragma(database, "application_id"), pragma(database, "user_version")];
  if (application === 0 && version === 0) return "new";
  return application === APPLICATION_ID && version === VERSION;
}

/** Closes the permission gap between SQLite's creating the file and its getting content; its name is durable. */
function createFile(file: string): void {
  closeSync(openSync(file, "wx", 0o600));
  const directory = openSync(dirname(file), "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function createTable(database: DatabaseSync): void {
  database.exec(`
    BEGIN;
    ${SCHEMA}
    PRAGMA application_id = ${APPLICATION_ID};
    PRAGMA user_version = ${VERSION};
    COMMIT;
  `);
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}
