import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  fsyncSync,
  mkdirSync,
  opendirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { fileReason } from "../../core/file-reason.ts";
import { StoreFailure } from "../store-failure.ts";
import { createKeyFile, readKeyFile } from "./key-file.ts";
import { RowCipher } from "./row-cipher.ts";
import { APPLICATION_ID, SCHEMA_VERSION } from "./schema.ts";
import { upgradeSchema } from "./schema-upgrade.ts";
import { toStoreFailure } from "./sqlite-errors.ts";

export interface OpenDatabase {
  readonly database: DatabaseSync;
  readonly cipher: RowCipher;
  readonly file: string;
}

/**
 * FULL: a commit is acknowledged only after its fsync. secure_delete: removed rows are overwritten. The limit
 * gives the room of a burst back. What undoes one write of a group stays in memory, not in files elsewhere. The log
 * goes into the database every 16 MiB: a page that changes often is written there once.
 */
const SETTINGS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
PRAGMA foreign_keys = ON;
PRAGMA secure_delete = ON;
PRAGMA journal_size_limit = 67108864;
PRAGMA temp_store = MEMORY;
PRAGMA wal_autocheckpoint = 4096;
`;

/** The directory, with parents, for its owner alone; STORE_DIRECTORY where that cannot be. */
export function prepareDirectory(directory: string): void {
  try {
    makeDirectories(directory);
    // A file that may be executed would pass for a directory that may be searched.
    opendirSync(directory).closeSync();
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new StoreFailure("STORE_DIRECTORY", [directory, fileReason(error)], { cause: error });
  }
}

/** Node's own `recursive` tries for ever below /proc, where a directory can neither be found nor made. */
function makeDirectories(directory: string): void {
  if (existsSync(directory)) return;
  makeDirectories(dirname(directory));
  mkdirSync(directory, { mode: 0o700 });
}

/** Makes the key of a database that is yet to be made. The caller holds the directory's lock. */
export async function prepareKey(directory: string): Promise<void> {
  const { file, keyFile } = filesOf(directory);
  if ([file, walOf(file), keyFile].some((path) => existsSync(path))) return;
  await createKeyFile(keyFile);
}

function filesOf(directory: string): { readonly file: string; readonly keyFile: string } {
  return { file: join(directory, "store.db"), keyFile: join(directory, "store.key") };
}

function walOf(file: string): string {
  return `${file}-wal`;
}

/**
 * Opens the database of a data directory, or makes it at first start, when only its key is there. Everything
 * that speaks against an existing one is found out before a byte of it is changed. The caller holds the
 * directory's lock.
 */
export function openDatabase(directory: string): OpenDatabase {
  const { file, keyFile } = filesOf(directory);
  const key = existsSync(file) ? keyOfExisting(file, keyFile) : createAll(file, keyFile);
  // Another program that looks into the file may hold it for a moment.
  const database = new DatabaseSync(file, { timeout: 2000 });
  try {
    database.exec(SETTINGS);
    upgrade(database);
  } catch (error) {
    database.close();
    throw toStoreFailure(error, file);
  }
  return { database, cipher: new RowCipher(key), file };
}

/** Which version it has was found out before; a newer one does not come here. */
function upgrade(database: DatabaseSync): void {
  const version = versionOf(database);
  if (version === SCHEMA_VERSION) return;
  database.exec("BEGIN IMMEDIATE");
  upgradeSchema(database, version);
  database.exec("COMMIT");
}

function createAll(file: string, keyFile: string): Buffer {
  if (existsSync(walOf(file))) {
    throw new StoreFailure("STORE_CORRUPT", [file, "the file is missing, and its log store.db-wal is there"]);
  }
  const key = readKeyFile(keyFile, file);
  createDatabase(file, new RowCipher(key));
  return key;
}

/** Under another name first, so that a database that exists is always whole. */
function createDatabase(file: string, cipher: RowCipher): void {
  const temporary = `${file}.new`;
  for (const name of [temporary, `${temporary}-journal`]) rmSync(name, { force: true });
  // Closes the permission gap between SQLite's creating the file and its getting content.
  closeSync(openSync(temporary, "wx", 0o600));
  const database = new DatabaseSync(temporary);
  try {
    database.exec(`PRAGMA synchronous = FULL; BEGIN; PRAGMA application_id = ${APPLICATION_ID}`);
    upgradeSchema(database, 0);
    database.prepare("INSERT INTO state (name, value) VALUES ('key-check', ?)").run(cipher.keyCheck());
    database.exec("COMMIT");
  } finally {
    database.close();
  }
  renameSync(temporary, file);
  syncDirectory(dirname(file));
}

/** fsync of a file does not cover its name in the directory. */
function syncDirectory(directory: string): void {
  const handle = openSync(directory, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}

function keyOfExisting(file: string, keyFile: string): Buffer {
  if (!existsSync(keyFile)) throw new StoreFailure("STORE_KEY_MISSING", [keyFile, file]);
  const key = readKeyFile(keyFile, file);
  checkHeader(file);
  const keyCheck = inspect(file);
  if (!new RowCipher(key).fits(keyCheck)) {
    throw new StoreFailure("STORE_KEY_WRONG", [keyFile, file, "it is the key of another database"]);
  }
  return key;
}

const MAGIC = "SQLite format 3\0";

// SQLite takes an empty file for a new database and would fill it.
function checkHeader(file: string): void {
  const header = Buffer.alloc(MAGIC.length);
  const handle = openSync(file, "r");
  try {
    readSync(handle, header);
  } finally {
    closeSync(handle);
  }
  if (header.toString("latin1") === MAGIC) return;
  const reason = statSync(file).size === 0 ? "the file is empty" : "it is no SQLite database";
  throw new StoreFailure("STORE_CORRUPT", [file, reason]);
}

/** A database of this size is checked within half a second. */
const CHECKED_BYTES = 512 * 1024 * 1024;

/** Reads through a connection that cannot write; gives the value to recognise the key by. */
function inspect(file: string): Uint8Array {
  try {
    using database = new DatabaseSync(file, { readOnly: true });
    return inspectOpen(database, file);
  } catch (error) {
    throw toStoreFailure(error, file);
  }
}

function inspectOpen(database: DatabaseSync, file: string): Uint8Array {
  const damaged = (reason: string) => new StoreFailure("STORE_CORRUPT", [file, reason]);
  if (pragma(database, "application_id") !== APPLICATION_ID) throw damaged("another program wrote it");
  const version = versionOf(database);
  if (version < 1) throw damaged("the version of its tables is missing");
  if (version > SCHEMA_VERSION) throw new StoreFailure("STORE_NEWER", [file, version, SCHEMA_VERSION]);
  // A larger one would delay the start; what is damaged in it shows when it is read.
  const finding = statSync(file).size > CHECKED_BYTES ? "ok" : pragma(database, "quick_check(1)");
  if (finding !== "ok") throw damaged(String(finding));
  const row = database.prepare("SELECT value FROM state WHERE name = 'key-check'").get();
  if (!(row?.["value"] instanceof Uint8Array)) throw damaged("the mark of its key is missing");
  return row["value"];
}

function versionOf(database: DatabaseSync): number {
  return Number(pragma(database, "user_version"));
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}
