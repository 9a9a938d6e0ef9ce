import assert from "node:assert/strict";
import { existsSync, globSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../architecture/source-files.ts";
import { findBinary } from "../tools/binary.ts";
import { documentCommands, unmarkedBlocks } from "./document-commands.ts";
import { Reader } from "./reader.ts";

const README = join(repositoryRoot, "README.md");
const PAGES = globSync("docs/{guides,reference}/*.md", { cwd: repositoryRoot }).toSorted();
const DOCUMENTS = ["README.md", ...PAGES].map((page) => join(repositoryRoot, page));

const ORDER = /"id":42,"item":"anvil","quantity":1,"warehouse":"berlin"/;
const APPLICATION = /applicationconnector\.kyma-project\.io\/orders created\nsecret\/orders-oauth created/;

/** What a reader sees after each command; a command without a row here is one that nobody has checked. */
const EXPECTED: Readonly<Record<string, RegExp>> = {
  "npm start": /admin API .*https:\/\/127\.0\.0\.1:\d+\n[^]*npx appconn apply -f examples\/orders\/\n/,
  "npm run example:orders:system": /curl -i http:/,
  "npx appconn apply -f examples/orders/": APPLICATION,
  "curl http://localhost:8080/orders/orders-api/orders/42": ORDER,
  "curl -i http://127.0.0.1:7070/orders/42": /HTTP\/1\.1 401 Unauthorized/,
  "npx appconn get applications": /"name": "orders"/,
  "npx appconn describe application orders":
    /Secret kyma-system\/orders-oauth \(clientId 9 bytes, clientSecret 28 bytes\)/,
  "kubectl --kubeconfig ~/.local/share/appconn/kubeconfig get applications":
    /NAME +SERVICES +STATUS +AGE\norders +1 /,
  "npx appconn delete -f examples/orders/": /"orders" deleted/,
  "curl -X PUT -d level=debug http://localhost:8081/v1/loglevel": /\{"level":"debug"\}\n/,
};

/** What a page of reference says is for someone whose server runs. */
async function follow(commands: readonly string[]): Promise<void> {
  await using reader = new Reader();
  for (const command of commands.includes("npm start") ? commands : ["npm start", ...commands]) {
    // It is what runs this.
    if (command === "npm test") continue;
    if (command.startsWith("kubectl") && findBinary("kubectl").path === undefined) continue;
    const expected = EXPECTED[command];
    assert.ok(expected, `no test knows what "${command}" shows`);
    const { code, output } = await reader.type(command);
    assert.match(output, expected, command);
    assert.ok(code === 0 || code === null, `${command}: exit code ${code}\n${output}`);
  }
  const stopped = await reader.interrupt("npm start");
  assert.doesNotMatch(stopped.output, /\berror\b/i);
}

for (const path of DOCUMENTS) {
  const name = relative(repositoryRoot, path);
  const commands = documentCommands(path);
  if (commands.length > 0) {
    test(`${name} - whoever types its commands sees what it says`, async () => {
      await follow(commands);
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
