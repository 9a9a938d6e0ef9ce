import { closeSync, existsSync, openSync, rmSync, statSync } from "node:fs";
import { DatabaseSync } from "node:sqlite";
import { sqliteCode } from "./sqlite-errors.ts";

/** Written into the header of the file, so that another program's file is not taken for ours. */
const APPLICATION_ID = 0x61_70_63_73;

/** Goes up with every change of the tables or of what is put into them: an index of another version is begun anew. */
const VERSION = 2;

/**
 * The prefixes that have an index of their own are those by which people begin to type: that of two characters serves
 * one as well, and that of four serves three. Each more makes every document cost a tenth more.
 * Parts of the index are merged when there are eight of a size, not four: that writes less, a little at a time.
 */
const SCHEMA = `
CREATE TABLE documents (
  id INTEGER PRIMARY KEY,
  key TEXT NOT NULL UNIQUE,
  application TEXT NOT NULL,
  kind TEXT NOT NULL,
  title TEXT NOT NULL,
  version TEXT NOT NULL
) STRICT;
CREATE VIRTUAL TABLE words USING fts5(
  title, names, text, parts,
  tokenize = 'unicode61 remove_diacritics 2', prefix = '2 4'
);
INSERT INTO words (words, rank) VALUES ('automerge', 8);
`;

/** NORMAL: a power cut may take the last documents out of the index again, which says so. */
const SETTINGS = `
PRAGMA journal_mode = WAL;
PRAGMA synchronous = NORMAL;
PRAGMA journal_size_limit = 67108864;
`;

/** A database of this size is checked within half a second. */
const CHECKED_BYTES = 512 * 1024 * 1024;

/**
 * PERM, BUSY, LOCKED, NOMEM, READONLY, IOERR, FULL and CANTOPEN say something about the surroundings; every
 * other error of SQLite says that the file is not what it should be.
 */
const SURROUNDINGS: readonly number[] = [3, 5, 6, 7, 8, 10, 13, 14];

/** Opens the index, or begins it anew where it is missing, damaged or of another version. */
export function openSearchDatabase(file: string): DatabaseSync {
  return openExisting(file) ?? createSearchDatabase(file);
}

function openExisting(file: string): DatabaseSync | undefined {
  if (!existsSync(file)) return undefined;
  const database = new DatabaseSync(file, { timeout: 2000 });
  try {
    database.exec(SETTINGS);
    if (isUsable(database, file)) return database;
  } catch (error) {
    const code = sqliteCode(error);
    if (code === undefined || SURROUNDINGS.includes(code)) {
      database.close();
      throw error;
    }
  }
  database.close();
  return undefined;
}

function isUsable(database: DatabaseSync, file: string): boolean {
  if (pragma(database, "application_id") !== APPLICATION_ID) return false;
  if (pragma(database, "user_version") !== VERSION) return false;
  // Throws where a table is missing.
  database.prepare("SELECT 1 FROM documents, words LIMIT 0").get();
  // A larger one would delay the start; what is damaged in it shows when it is searched.
  return statSync(file).size > CHECKED_BYTES || tablesOf(database).every((table) => isWhole(database, table));
}

/** Those of FTS5 too. A check of the whole file would make it read all texts word by word, which takes long. */
function tablesOf(database: DatabaseSync): readonly string[] {
  const tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND rootpage > 0";
  return database
    .prepare(tables)
    .all()
    .map(({ name }) => String(name));
}

function isWhole(database: DatabaseSync, table: string): boolean {
  return pragma(database, `quick_check('${table}')`) === "ok";
}

function pragma(database: DatabaseSync, name: string): unknown {
  return Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
}

/**
 * Removes an index that nobody has open, and makes an empty one. The version comes with the tables or not at all:
 * what a killed process left is begun anew once more.
 */
export function createSearchDatabase(file: string): DatabaseSync {
  for (const name of [file, `${file}-wal`, `${file}-shm`, `${file}-journal`]) rmSync(name, { force: true });
  // Closes the permission gap between SQLite's creating the file and its getting content.
  closeSync(openSync(file, "wx", 0o600));
  const database = new DatabaseSync(file, { timeout: 2000 });
  try {
    database.exec(SETTINGS);
    database.exec(`
      BEGIN;
      ${SCHEMA}
      PRAGMA application_id = ${APPLICATION_ID};
      PRAGMA user_version = ${VERSION};
      COMMIT;
    `);
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}
