import { renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** The tables as version 1 of the store made them, kept here as they were. */
const VERSION_ONE = `
CREATE TABLE objects (
  id INTEGER PRIMARY KEY,
  api_group TEXT NOT NULL,
  kind TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  uid TEXT NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  deleting INTEGER NOT NULL,
  labels TEXT NOT NULL,
  body ANY NOT NULL,
  UNIQUE (api_group, kind, namespace, name)
) STRICT;
CREATE INDEX objects_by_namespace ON objects (namespace) WHERE namespace <> '';
CREATE TABLE owners (
  uid TEXT NOT NULL,
  object INTEGER NOT NULL REFERENCES objects (id) ON DELETE CASCADE,
  PRIMARY KEY (uid, object)
) STRICT, WITHOUT ROWID;
CREATE INDEX owners_by_object ON owners (object);
CREATE TABLE changes (
  version INTEGER PRIMARY KEY AUTOINCREMENT,
  api_group TEXT NOT NULL,
  kind TEXT NOT NULL,
  namespace TEXT NOT NULL,
  name TEXT NOT NULL,
  type TEXT NOT NULL,
  labels TEXT NOT NULL,
  body ANY NOT NULL,
  previous_labels TEXT,
  previous ANY
) STRICT;
CREATE INDEX changes_by_kind ON changes (api_group, kind, version);
CREATE TABLE state (name TEXT PRIMARY KEY, value ANY NOT NULL) STRICT, WITHOUT ROWID;
PRAGMA application_id = 1634755438;
PRAGMA user_version = 1;
`;

const TABLES = {
  objects: "id, api_group, kind, namespace, name, uid, version, deleting, labels, body",
  owners: "*",
  changes: "*",
  state: "*",
} as const;

/** Turns the closed store of a directory into one that version 1 left: its tables with all rows, no others. */
export function asVersionOne(directory: string): void {
  const file = join(directory, "store.db");
  const old = `${file}.one`;
  {
    using database = new DatabaseSync(old);
    database.exec(VERSION_ONE);
    database.exec(`ATTACH '${file}' AS now`);
    for (const [table, columns] of Object.entries(TABLES)) {
      database.exec(`INSERT INTO main.${table} SELECT ${columns} FROM now.${table}`);
    }
    database.exec(
      "UPDATE main.sqlite_sequence SET seq = (SELECT seq FROM now.sqlite_sequence WHERE name = 'changes')",
    );
    database.exec("DETACH now; PRAGMA journal_mode = WAL");
  }
  for (const suffix of ["-wal", "-shm"]) rmSync(file + suffix, { force: true });
  renameSync(old, file);
}

/** The version of the tables that stands in the header of a closed store. */
export function schemaVersionOf(directory: string): number {
  using database = new DatabaseSync(join(directory, "store.db"), { readOnly: true });
  return Number(database.prepare("PRAGMA user_version").get()?.["user_version"]);
}
