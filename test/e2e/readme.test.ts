import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { repositoryRoot } from "../architecture/source-files.ts";
import { findBinary } from "../tools/binary.ts";
import { documentCommands } from "./document-commands.ts";
import { Reader } from "./reader.ts";

const README = join(repositoryRoot, "README.md");
const GUIDE = join(repositoryRoot, "docs/guides/getting-started.md");

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
};

async function follow(path: string): Promise<void> {
  await using reader = new Reader();
  for (const command of documentCommands(path)) {
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

test("README - whoever types its commands sees what it says", async () => {
  await follow(README);
});

test("getting started - whoever types its commands sees what it says", async () => {
  await follow(GUIDE);
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
