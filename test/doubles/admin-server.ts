import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AdminOptions } from "../../src/admin/options.ts";
import { startAdmin } from "../../src/admin/start-admin.ts";
import { systemClock } from "../../src/core/clock.ts";
import { kinds } from "../../src/core/resources/kinds.ts";
import { ServerCertificate } from "../../src/pki/server-certificate.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";

const OPTIONS: AdminOptions = {
  host: "127.0.0.1",
  port: 0,
  names: [],
  maxRequests: 200,
  maxWatches: 1000,
  drain: 0,
};

/** The real admin API over a real store and real TLS, in a directory of its own. */
export async function startAdminServer(options: Partial<AdminOptions> = {}) {
  const directory = await mkdtemp(join(tmpdir(), "appconn-admin-"));
  const surprises: unknown[] = [];
  const surprised = (error: unknown) => void surprises.push(error);
  const store = await openSqliteStore({ directory, clock: systemClock });
  const certificate = await ServerCertificate.open({
    directory: join(directory, "pki"),
    names: options.names ?? [],
    clock: systemClock,
    renewalFailed: surprised,
  });
  const admin = await startAdmin({
    options: { ...OPTIONS, ...options },
    directory,
    store,
    kinds,
    certificate,
    clock: systemClock,
    random: Math.random,
    surprised,
  });
  const token = (await readFile(admin.tokenFile, "utf8")).trim();
  return {
    ...admin,
    directory,
    store,
    token,
    /** Errors that were not refusals; a test that expects none asserts that it is empty. */
    surprises,
    port: Number(new URL(admin.origin).port),
    /** A request over plain HTTP with the token, which fetch needs no certificate for. */
    async fetch(path: string, init: RequestInit = {}): Promise<Response> {
      const headers = new Headers(init.headers);
      if (!headers.has("authorization")) headers.set("authorization", `Bearer ${token}`);
      return fetch(`${admin.origin.replace("https:", "http:")}${path}`, { ...init, headers });
    },
    async [Symbol.asyncDispose]() {
      await admin.close();
      certificate.close();
      await store.close();
      await rm(directory, { recursive: true });
    },
  };
}

export type AdminServer = Awaited<ReturnType<typeof startAdminServer>>;
