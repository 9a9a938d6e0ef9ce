/**
 * The whole story against a running server: register an external system, call it without and with the
 * gateway, change its client secret, and clean up. Each step says what it does and shows what came back.
 *
 *     npm start                 (in another terminal)
 *     npm run example:orders
 *
 * The server is found as appconn finds it: `-- --data-dir DIR`, `-- --kubeconfig FILE`, APPCONN_DATA_DIR,
 * KUBECONFIG or the default data directory; its kubeconfig tells where the gateway is. ORDERS_PORT is the port
 * of the orders system, if not 7070.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { findSurroundings, type Surroundings } from "./surroundings.ts";
import { CLIENT, startOrdersSystem } from "./system.ts";

const appconn = fileURLToPath(new URL("../../bin/appconn.js", import.meta.url));

interface Story extends Surroundings {
  /** Base URL of the orders system. */
  readonly system: string;
}

async function tell(surroundings: Surroundings): Promise<void> {
  const { gateway } = surroundings;
  const known = run(surroundings, ["get", "applications", "-o", "name"]).includes("/orders\n");
  await using place = new AsyncDisposableStack();
  const system = await runningSystem(place, surroundings);
  const story: Story = { ...surroundings, system };

  step("Nobody gets an order from the system without a token");
  await call(`${system}/orders/42`, 401);

  step("Register the system: an Application, and Secrets that only the gateway reads");
  apply(story, CLIENT.secret);
  place.defer(() => cleanUp(story, known));

  step("Call it through the gateway, without any credentials");
  await callUntil(`${gateway}/orders/orders-api/orders/42`, 200);

  step("Ask how it is called, and whether all is there");
  show(story, ["describe", "application", "orders"]);

  step("The system changes its client secret and revokes all tokens: the old Secret is refused");
  await changeSecret(system, CLIENT.secret, "a-new-secret");
  place.defer(() => changeSecret(system, "a-new-secret", CLIENT.secret));
  await call(`${gateway}/orders/orders-api/orders/42`, 502);

  step("The Secret is changed too, and calls succeed again. The workload did nothing");
  apply(story, "a-new-secret");
  await callUntil(`${gateway}/orders/orders-api/orders/42`, 200);

  step("Clean up");
}

/** The one that runs, else one of our own for as long as the story goes on. */
async function runningSystem(
  place: AsyncDisposableStack,
  { ordersPort: port }: Surroundings,
): Promise<string> {
  const origin = `http://127.0.0.1:${port}`;
  const isUp = await fetch(`${origin}/health`).then(
    (response) => response.ok,
    () => false,
  );
  if (isUp) {
    say(`The orders system runs at ${origin}.`);
    return origin;
  }
  const system = await startOrdersSystem({ port, tokenSeconds: 30, log: () => {} });
  place.defer(() => system.close());
  say(`No orders system runs at ${origin}: this story brings its own.`);
  return system.origin;
}

/** The manifests beside this file, for where the system is and with its secret of the moment. */
function manifests({ system }: Story, secret: string): string {
  return ["application.yaml", "secret.yaml"]
    .map((name) => readFileSync(new URL(name, import.meta.url), "utf8"))
    .join("\n---\n")
    .replaceAll("http://127.0.0.1:7070", system)
    .replaceAll(CLIENT.secret, secret);
}

async function cleanUp(story: Story, known: boolean): Promise<void> {
  if (known) {
    apply(story, CLIENT.secret);
    say("The Application was there before, so it stays.");
    return;
  }
  show(story, ["delete", "-f", "-"], manifests(story, CLIENT.secret));
}

async function changeSecret(system: string, current: string, next: string): Promise<void> {
  const url = `${system}/oauth/secret`;
  const response = await reach(url, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${CLIENT.id}:${current}`).toString("base64")}` },
    body: new URLSearchParams({ secret: next }),
  });
  if (response.ok) return;
  throw new Error(
    `${url} answered ${response.status}, so the secret was not changed: start the orders system again ` +
      "(npm run example:orders:system); an earlier story may have ended between two changes",
  );
}

async function call(url: string, expected: number): Promise<void> {
  const response = await reach(url);
  const text = (await response.text()).trim();
  const origin = response.headers.get("x-gateway-error");
  say(`$ curl ${url}`);
  say(`  ${response.status} ${text}${origin ? `  (X-Gateway-Error: ${origin})` : ""}`);
  if (response.status === expected) return;
  const advice = origin
    ? "the gateway says why, and docs/errors.md tells who can repair it"
    : "does another program listen there? See where the gateway is by `npx appconn describe application orders`";
  throw new Error(`${url} answered ${response.status} instead of ${expected}: ${advice}`);
}

/** A change takes effect within 250 ms; the first call after it may still find the state before. */
async function callUntil(url: string, expected: number): Promise<void> {
  const end = performance.now() + 5000;
  while (performance.now() < end) {
    const { status, body } = await reach(url);
    await body?.cancel();
    if (status === expected) break;
    await delay(50);
  }
  await call(url, expected);
}

/** fetch itself says of a port where nobody listens that it failed, and not which. */
async function reach(url: string, init?: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
    const reason = cause instanceof Error && "code" in cause ? String(cause.code) : String(cause);
    throw new Error(
      `nothing answers at ${url} (${reason}): start the server anew (npm start), or set GATEWAY_URL`,
      {
        cause: error,
      },
    );
  }
}

function apply(story: Story, secret: string): void {
  show(story, ["apply", "-f", "-"], manifests(story, secret));
}

function show(surroundings: Surroundings, words: readonly string[], input?: string): void {
  say(`$ npx appconn ${words.join(" ")}`);
  for (const line of run(surroundings, words, input).trimEnd().split("\n")) say(`  ${line}`);
}

/** Runs appconn and gives what it prints; what it says on standard error is shown as it comes. */
function run(surroundings: Surroundings, words: readonly string[], input?: string): string {
  const { status, stdout } = spawnSync(process.execPath, [appconn, ...words, ...surroundings.words], {
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "inherit"],
    encoding: "utf8",
    ...(input === undefined ? {} : { input }),
  });
  if (status === 0) return stdout;
  throw new Error(
    `appconn ${words.join(" ")} failed at ${surroundings.server}: is the server running? (npm start)`,
  );
}

let steps = 0;

function step(text: string): void {
  steps += 1;
  console.log(`\n${steps}. ${text}.`);
}

function say(text: string): void {
  console.log(`   ${text}`);
}

try {
  await tell(findSurroundings(process.argv.slice(2), process.env));
  console.log("\nThat is the whole story.");
} catch (error) {
  console.error(`\nThe story broke off: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
