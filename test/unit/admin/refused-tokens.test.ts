import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { accessTokenRefused, noticed, type Notice } from "../../../src/telemetry/channels.ts";
import { userOf } from "../../doubles/access.ts";
import { APPLICATIONS, ask } from "../../doubles/admin-client.ts";
import { startAdminServer, type AdminServer } from "../../doubles/admin-server.ts";

suite("admin refused tokens", () => {
  let server: AdminServer;
  const notices: Notice[] = [];
  const reasons: string[] = [];
  const note = (notice: Notice): void => void notices.push(notice);
  const count = ({ reason }: { readonly reason: string }): void => void reasons.push(reason);
  before(async () => {
    server = await startAdminServer();
    noticed.subscribe(note);
    accessTokenRefused.subscribe(count);
  });
  after(async () => {
    noticed.unsubscribe(note);
    accessTokenRefused.unsubscribe(count);
    await server[Symbol.asyncDispose]();
    assert.deepEqual(server.surprises, []);
  });

  /** What is told of requests. */
  async function told(action: () => Promise<unknown>): Promise<readonly string[]> {
    notices.length = 0;
    reasons.length = 0;
    await action();
    const lines = notices.map(
      ({ object, reason, message }) => `${object.kind}/${object.name} ${reason}: ${message}`,
    );
    return [...reasons, ...lines];
  }

  test("refused tokens - a revoked one is told to its Applications, and is named", async () => {
    const user = await userOf(server, { name: "nightly", role: "editor", applications: ["books", "shop"] });
    assert.deepEqual(await told(() => user.ask(APPLICATIONS)), []);
    await ask(server, "/v1/access/tokens/nightly", { method: "DELETE" });
    const text = 'AccessTokenRefused: somebody still uses the access token "nightly", which was revoked';
    assert.deepEqual(await told(() => user.ask(APPLICATIONS)), [
      "revoked",
      `Application/books ${text}`,
      `Application/shop ${text}`,
    ]);
    assert.equal((await told(() => user.ask("/v1/applications/certificates"))).length, 3);
  });

  test("refused tokens - one that was for all Applications is told where everybody looks", async () => {
    const user = await userOf(server, { name: "everywhere", role: "viewer" });
    await ask(server, "/v1/access/tokens/everywhere", { method: "DELETE" });
    assert.deepEqual(await told(() => user.ask(APPLICATIONS)), [
      "revoked",
      'Namespace/default AccessTokenRefused: somebody still uses the access token "everywhere", which was revoked',
    ]);
  });

  test("refused tokens - whatever strangers send, it is one and the same notice, without what they sent", async () => {
    const lines = new Set<string>();
    for (const token of ["canary-1", "appconn_canary-2", "c".repeat(4000)]) {
      const headers = { authorization: `Bearer ${token}`, "user-agent": "canary" };
      // eslint-disable-next-line no-await-in-loop -- one after the other
      for (const line of await told(() => server.fetch(`${APPLICATIONS}?canary`, { headers })))
        lines.add(line);
    }
    assert.deepEqual(
      [...lines],
      [
        "unknown",
        "Namespace/default UnknownTokenRefused: the admin API was shown a token that it does not know",
      ],
    );
  });

  test("refused tokens - whoever shows none is told nothing of", async () => {
    assert.deepEqual(await told(() => server.fetch(APPLICATIONS)), []);
    assert.deepEqual(await told(() => server.fetch("/healthz")), []);
  });
});
