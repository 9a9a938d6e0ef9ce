import { ACCESS_SCHEMA } from "./access-schema.ts";
import { PAIRING_SCHEMA } from "./pairing-schema.ts";

/** Written into the header of the database file, so that another program's file is not taken for ours. */
export const APPLICATION_ID = 0x61_70_63_6e;

/**
 * The layout of admin-api spec §19. `body` is the object as JSON text, or bytes where the kind is secret and
 * the row is sealed; labels, names and owners stay readable, because lists and garbage collection search by
 * them, and none of them holds a secret (annotations and data may).
 */
const OBJECTS = `
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

-- AUTOINCREMENT keeps the highest version when rows are trimmed: the counter never goes backwards.
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
`;

/** Items of large lists, which `body` then lacks: `list_at` characters stand before them, and they have `list_bytes`. */
const ITEMS = `
CREATE TABLE items (
  place INTEGER PRIMARY KEY,
  body TEXT NOT NULL
) STRICT;
ALTER TABLE objects ADD COLUMN list_at INTEGER;
ALTER TABLE objects ADD COLUMN list_bytes INTEGER;
`;

/**
 * What each version of the tables added to the one before. A database goes through those that it has not seen
 * yet: none is ever changed, and a new one goes to the end.
 */
export const SCHEMA_STEPS: readonly string[] = [OBJECTS, PAIRING_SCHEMA, ITEMS, ACCESS_SCHEMA];

/** A database with a higher one is refused. */
export const SCHEMA_VERSION = SCHEMA_STEPS.length;
