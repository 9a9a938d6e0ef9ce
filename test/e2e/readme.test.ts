import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../architecture/source-files.ts";
import { documentCommands } from "./document-commands.ts";
import { followDocument, type Expected } from "./follow-document.ts";

const README = join(repositoryRoot, "README.md");
const GUIDE = join(repositoryRoot, "docs/guides/getting-started.md");

const ORDER = /"id":42,"item":"anvil","quantity":1,"warehouse":"berlin"/;
const APPLICATION = /applicationconnector\.kyma-project\.io\/orders created\nsecret\/orders-oauth created/;

const EXPECTED: Expected = {
  "npm start": /admin API .*https:\/\/127\.0\.0\.1:\d+\n[^]*npx appconn apply -f examples\/orders\/\n/,
  "npm run example:orders:system": /curl -i http:/,
  "npx appconn apply -f examples/orders/": APPLICATION,
  "curl http://localhost:8080/orders/orders-api/orders/42": ORDER,
  "npx appconn token create orders": /signingRequests\/info\?token=\S+#ca-sha256=[0-9a-f]{64}\n/,
  "npx appconn connect '<link>' --out ./orders-identity":
    /orders is paired[^]*--out \.\/orders-identity --watch\n/,
  "curl --cert ./orders-identity/client.crt --key ./orders-identity/client.key --cacert ./orders-identity/server-ca.crt https://gateway.localhost:8443/v1/applications/management/info":
    /"clientIdentity":\{"application":"orders"\}/,
  "curl -i http://127.0.0.1:7070/orders/42": /HTTP\/1\.1 401 Unauthorized/,
  "npx appconn get applications": /"name": "orders"/,
  "npx appconn describe application orders":
    /Secret kyma-system\/orders-oauth \(clientId 9 bytes, clientSecret 28 bytes\)/,
  "kubectl --kubeconfig ~/.local/share/appconn/kubeconfig get applications":
    /NAME +SERVICES +STATUS +AGE\norders +1 /,
  "npx appconn delete -f examples/orders/": /"orders" deleted/,
};

test("README - whoever types its commands sees what it says", async () => {
  await followDocument(README, EXPECTED);
});

test("getting started - whoever types its commands sees what it says", async () => {
  await followDocument(GUIDE, EXPECTED);
});

test("README - it tells the two commands, and every file that it links to is there", () => {
  const commands = documentCommands(README);
  assert.ok(commands.includes("npm start") && commands.includes("npm test"));
  for (const path of [README, GUIDE]) {
    for (const [, link = ""] of readFileSync(path, "utf8").matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (!link.startsWith("http")) assert.ok(existsSync(join(dirname(path), link)), `${path}: ${link}`);
    }
  }
});
