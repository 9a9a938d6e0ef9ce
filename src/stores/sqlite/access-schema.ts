/** Access tokens. A token stands here as its hash alone: who reads the file learns no token. */
export const ACCESS_SCHEMA = `
CREATE TABLE access_tokens (
  name TEXT PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  prefix TEXT NOT NULL,
  role TEXT NOT NULL,
  applications TEXT,
  created_at INTEGER NOT NULL,
  created_by TEXT NOT NULL,
  expires_at INTEGER,
  last_used_at INTEGER
) STRICT, WITHOUT ROWID;
`;
