import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import { DatabaseSync, type StatementSync } from "node:sqlite";
import { KEPT_AFTER_END, type CertificateFilter } from "../../../src/stores/pairing-records.ts";
import { PairingTables } from "../../../src/stores/sqlite/pairing-tables.ts";
import { upgradeSchema } from "../../../src/stores/sqlite/schema-upgrade.ts";
import { anyHash, hashOf, MOMENT } from "../../doubles/pairing-records.ts";

/** A database in memory that remembers what is asked of it. */
class Remembering extends DatabaseSync {
  readonly prepared: string[] = [];

  constructor() {
    super(":memory:");
    upgradeSchema(this, 0);
  }

  override prepare(sql: string): StatementSync {
    this.prepared.push(sql);
    return super.prepare(sql);
  }

  plan(sql: string): string[] {
    const rows = super.prepare(`EXPLAIN QUERY PLAN ${sql}`).all();
    return rows.map(({ detail }) => String(detail));
  }

  count(table: string): number {
    return Number(super.prepare(`SELECT count(*) AS count FROM ${table}`).get()?.["count"]);
  }
}

test("pairing tables - every question about certificates and revocations follows an index", () => {
  using database = new Remembering();
  const tables = new PairingTables(database);
  const [application, issuer] = ["shop", hashOf("issuer")];
  const [expiresBefore, expiresAfter, includeRevoked] = [MOMENT, MOMENT, true];
  const parts: CertificateFilter[] = [
    { application },
    { issuer },
    { expiresBefore },
    { expiresAfter },
    { includeRevoked },
  ];
  for (let chosen = 0; chosen < 2 ** parts.length; chosen++) {
    const filter: CertificateFilter = Object.assign({}, ...parts.filter((_, bit) => chosen & (1 << bit)));
    for (const after of [undefined, { notAfter: MOMENT, row: 1 }]) {
      tables.read({ operation: "certificates", filter, after, limit: 10 });
    }
  }
  tables.forgetDropped([]);
  const asked = database.prepared.filter((sql) => !/VALUES|pairing_tokens|max\(position\)/.test(sql));
  ok(asked.length > 64);
  for (const sql of asked) {
    const steps = database.plan(sql);
    ok(steps.length > 0, sql);
    for (const step of steps) {
      ok(
        /^(SEARCH|SCAN certificates USING INDEX certificates_by_end|LIST SUBQUERY)/.test(step),
        `${step}: ${sql}`,
      );
    }
    if (sql.includes("application = ?")) ok(steps[0]?.includes("certificates_by_application"), sql);
  }
});

test("pairing tables - a watcher reads a long list in parts, and only at its own pace", () => {
  using database = new Remembering();
  const tables = new PairingTables(database);
  const revoke = (count: number) => {
    for (let index = 0; index < count; index++) {
      const revocation = { hash: anyHash(), revokedAt: MOMENT, notAfter: MOMENT };
      tables.write({ operation: "revoke", revocation });
    }
  };
  revoke(2500);
  const cursor = tables.watchRevocations();
  equal(cursor.next().length, 1000);
  revoke(700);
  equal(cursor.next().length, 1000);
  const rest = cursor.next();
  deepEqual([rest.length, rest.findIndex(({ type }) => type === "synced")], [1001, 1000]);
  equal(cursor.next().length, 200);
  deepEqual(cursor.next(), []);
});

test("pairing tables - a dropped revocation stays until every watcher knows, and then leaves", () => {
  using database = new Remembering();
  const tables = new PairingTables(database);
  const hashes = Array.from({ length: 3 }, () => anyHash());
  const revoke = (hash: string) =>
    tables.write({ operation: "revoke", revocation: { hash, revokedAt: MOMENT, notAfter: MOMENT } });
  const drop = () => tables.write({ operation: "dropExpired", now: MOMENT + KEPT_AFTER_END + 1 });
  hashes.forEach(revoke);
  const [quick, slow] = [tables.watchRevocations(), tables.watchRevocations()];
  equal(quick.next().length, 4);
  equal(drop(), 3);
  const late = tables.watchRevocations();
  deepEqual(late.next(), [{ type: "synced" }], "who comes later is not told of them");
  equal(new Set(quick.next().map(({ type }) => type)).size, 1);
  tables.forgetDropped([quick, slow, late]);
  equal(database.count("revocations"), 3);
  deepEqual(
    slow.next().map(({ type }) => type),
    ["expired", "expired", "expired", "synced"],
  );
  tables.forgetDropped([quick, slow, late]);
  equal(database.count("revocations"), 0);
  revoke(anyHash());
  for (const cursor of [quick, slow, late]) equal(cursor.next().length, 1, "positions go on");
});

test("pairing tables - who has seen nothing but dropped revocations is told of the list's end all the same", () => {
  using database = new Remembering();
  const tables = new PairingTables(database);
  for (let index = 0; index < 1500; index++) {
    const revocation = { hash: anyHash(), revokedAt: MOMENT, notAfter: MOMENT };
    tables.write({ operation: "revoke", revocation });
  }
  const first = tables.watchRevocations();
  while (tables.write({ operation: "dropExpired", now: MOMENT + KEPT_AFTER_END + 1 }) !== 0);
  const cursor = tables.watchRevocations();
  deepEqual(cursor.next(), [{ type: "synced" }]);
  deepEqual(cursor.next(), []);
  tables.forgetDropped([first]);
  equal(database.count("revocations"), 1500);
});
