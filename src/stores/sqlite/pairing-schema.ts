/**
 * Tables of pairing. Hashes of certificates are bytes, because there may be a million. A token stands here as
 * its hash alone: who reads the file learns no token.
 */
export const PAIRING_SCHEMA = `
CREATE TABLE pairing_tokens (
  hash BLOB PRIMARY KEY,
  purpose TEXT NOT NULL,
  application TEXT NOT NULL,
  tenant TEXT,
  tenant_group TEXT,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  chain_ends_at INTEGER NOT NULL,
  claim TEXT,
  claimed_at INTEGER,
  claimed_until INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE certificates (
  id INTEGER PRIMARY KEY,
  hash BLOB NOT NULL UNIQUE,
  serial TEXT NOT NULL,
  issuer BLOB NOT NULL,
  application TEXT NOT NULL,
  purpose TEXT NOT NULL,
  tenant TEXT,
  tenant_group TEXT,
  subject TEXT NOT NULL,
  not_before INTEGER NOT NULL,
  not_after INTEGER NOT NULL,
  issued_at INTEGER NOT NULL,
  requested_from TEXT,
  renewed_from BLOB,
  revoked_at INTEGER
) STRICT;
-- Each of these ends with the id, so that a page is read in its order, and no more than the page.
CREATE INDEX certificates_by_end ON certificates (not_after);
CREATE INDEX certificates_by_application ON certificates (application, not_after);
CREATE INDEX certificates_by_issuer ON certificates (issuer, not_after);

-- Whatever happens to a revocation gives it a new position at the end: who has read up to a position has seen
-- everything. AUTOINCREMENT never gives a position again. A dropped one stays until all watchers know of it.
CREATE TABLE revocations (
  position INTEGER PRIMARY KEY AUTOINCREMENT,
  hash BLOB NOT NULL UNIQUE,
  revoked_at INTEGER NOT NULL,
  not_after INTEGER,
  dropped INTEGER NOT NULL
) STRICT;
CREATE INDEX revocations_by_end ON revocations (not_after) WHERE dropped = 0;
CREATE INDEX revocations_dropped ON revocations (position) WHERE dropped = 1;
`;
