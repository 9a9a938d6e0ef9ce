import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../architecture/source-files.ts";
import { documentCommands, unmarkedBlocks } from "./document-commands.ts";
import { followDocument, type Expected } from "./follow-document.ts";

const README = join(repositoryRoot, "README.md");
const PAGES = globSync("docs/{guides,reference}/*.md", { cwd: repositoryRoot }).toSorted();
const DOCUMENTS = ["README.md", ...PAGES].map((page) => join(repositoryRoot, page));

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
    /Call: +http:\/\/localhost:\d+\/orders\/orders-api\/\n[^]*OAuth, Secret kyma-system\/orders-oauth\n/,
  "kubectl --kubeconfig ~/.local/share/appconn/kubeconfig get applications":
    /NAME +SERVICES +STATUS +AGE\norders +1 /,
  // openssl says nothing, or shows its progress as dots.
  "openssl genpkey -algorithm EC -pkeyopt ec_paramgen_curve:P-256 -out client.key": /^[.+*\s]*$/,
  "openssl pkey -in client.key -pubout -out client.pub": /^$/,
  "kubectl --kubeconfig ~/.local/share/appconn/kubeconfig -n kyma-system create secret generic orders-credentials --from-literal=clientId=orders --from-literal=tokenEndpointAuthMethod=private_key_jwt --from-file=key=client.key":
    /^secret\/orders-credentials created\n$/,
  "npx appconn delete -f examples/orders/": /"orders" deleted/,
  "curl -X PUT -d level=debug http://localhost:8081/v1/loglevel": /\{"level":"debug"\}\n/,
};

/** Guides with expectations of their own, in docs-guides.test.ts. */
const ELSEWHERE = [
  "pairing",
  "pairing-with-openssl",
  "registering-apis",
  "behind-a-proxy",
  "certificate-authority",
  "access",
  "kubectl",
  "observing",
  "failing-calls",
  "workers",
].map((name) => `docs/guides/${name}.md`);

for (const path of DOCUMENTS) {
  const name = relative(repositoryRoot, path);
  if (documentCommands(path).length > 0 && !ELSEWHERE.includes(name)) {
    test(`${name} - whoever types its commands sees what it says`, async () => {
      await followDocument(path, EXPECTED);
    });
  }
  test(`${name} - each block is one of commands (sh), or says what else it is`, () => {
    assert.deepEqual(unmarkedBlocks(path), []);
  });
}

test("documents - the README tells the two commands, and every file that is linked to is there", () => {
  const commands = documentCommands(README);
  assert.ok(commands.includes("npm start") && commands.includes("npm test"));
  for (const path of DOCUMENTS) {
    for (const [, link = ""] of readFileSync(path, "utf8").matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (!link.startsWith("http")) assert.ok(existsSync(join(dirname(path), link)), `${path}: ${link}`);
    }
  }
});
