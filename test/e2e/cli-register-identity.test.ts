import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { TestAuthority } from "../doubles/certificates.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { appconn } from "./appconn-process.ts";

const DAY = 86_400_000;

/** An identity as `appconn connect` leaves it, for a server that is not there. */
async function identity(path: string, notAfter: Date, more: object = {}): Promise<void> {
  const authority = await TestAuthority.create();
  const notBefore = new Date(Date.now() - 9 * DAY);
  const { crt, key } = await authority.certificate({ subject: "CN=shop", notBefore, notAfter });
  const connection = {
    application: "shop",
    subject: "CN=shop",
    expiresAt: notAfter.toISOString(),
    serverTrust: "pinned",
    urls: { metadataUrl: "https://127.0.0.1:1/shop/v1/metadata/services" },
    ...more,
  };
  const files = { "client.crt": crt, "client.key": key, "server-ca.crt": authority.crt };
  const texts = { ...files, "connection.json": JSON.stringify(connection) };
  for (const [name, text] of Object.entries(texts)) writeFileSync(join(path, name), text, { mode: 0o600 });
}

async function refusal(path: string): Promise<string> {
  const { code, stdout, stderr } = await appconn(["register", path, "-"], {
    input: '{"name":"Orders","identifier":"x"}',
  });
  assert.deepEqual([code, stdout], [1, ""], stderr);
  return stderr;
}

test("register - an identity that has ended is told as such, and one that counts is used", async () => {
  using directory = new TemporaryDirectory();
  const { path } = directory;
  await identity(path, new Date(Date.now() - DAY));
  assert.match(await refusal(path), /the certificate in .* expired on .*: pair again with a new link/);
  const revokedAt = "2026-01-02T03:04:05.000Z";
  await identity(path, new Date(Date.now() + DAY), { revokedAt });
  assert.match(await refusal(path), /was revoked on 2026-01-02T03:04:05.000Z: pair again/);
  await identity(path, new Date(Date.now() + DAY));
  assert.match(await refusal(path), /nothing listens at 127\.0\.0\.1:1/);
});
