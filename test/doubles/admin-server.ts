import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { AdminOptions } from "../../src/admin/options.ts";
import { startAdmin, type Admin, type AdminStart } from "../../src/admin/start-admin.ts";
import { systemClock } from "../../src/core/clock.ts";
import { kinds } from "../../src/core/resources/kinds.ts";
import { ServerCertificate } from "../../src/pki/server-certificate.ts";
import type { Store } from "../../src/stores/store.ts";
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
export async function startAdminServer(
  options: Partial<AdminOptions> = {},
  others: OtherHandlers = {},
): Promise<AdminServer> {
  return serve(await mkdtemp(join(tmpdir(), "appconn-admin-")), options, others);
}

/** What is served beside the resources. */
export type OtherHandlers = Pick<AdminStart, "internal" | "documents" | "live">;

async function serve(
  directory: string,
  options: Partial<AdminOptions>,
  others: OtherHandlers,
): Promise<AdminServer> {
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
    credentialsNamespace: "default",
    clock: systemClock,
    random: Math.random,
    ...others,
    surprised,
  });
  const token = (await readFile(admin.tokenFile, "utf8")).trim();
  const stop = async () => {
    await admin.close();
    certificate.close();
    await store.close();
  };
  return {
    ...admin,
    directory,
    store,
    token,
    surprises,
    port: Number(new URL(admin.origin).port),
    async fetch(path: string, init: RequestInit = {}) {
      const headers = new Headers(init.headers);
      if (!headers.has("authorization")) headers.set("authorization", `Bearer ${token}`);
      return fetch(`${admin.origin.replace("https:", "http:")}${path}`, { ...init, headers });
    },
    async restarted() {
      await stop();
      return serve(directory, options, others);
    },
    async [Symbol.asyncDispose]() {
      await stop();
      await rm(directory, { recursive: true });
    },
  };
}

export interface AdminServer extends Admin {
  readonly directory: string;
  readonly store: Store;
  readonly token: string;
  /** Errors that were not refusals; a test that expects none asserts that it is empty. */
  readonly surprises: readonly unknown[];
  readonly port: number;
  /** A request over plain HTTP with the token, which fetch needs no certificate for. */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Stops it, and starts another on the same directory, to which that belongs then. */
  restarted(): Promise<AdminServer>;
}
