/**
 * The whole story against a running server: register an external system, call it without and with the
 * gateway, change its client secret, and clean up. Each step says what it does and shows what came back.
 *
 *     npm start                 (in another terminal)
 *     npm run example:orders
 *
 * GATEWAY_URL and ORDERS_PORT tell where the gateway and the orders system are, if not on 8080 and 7070.
 */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { setTimeout as delay } from "node:timers/promises";
import { CLIENT, startOrdersSystem, type OrdersSystem } from "./system.ts";

const appconn = fileURLToPath(new URL("../../bin/appconn.js", import.meta.url));
const port = Number(process.env["ORDERS_PORT"] ?? 7070);

interface Story {
  readonly system: string;
  readonly gateway: string;
}

async function tell(): Promise<void> {
  const gateway = gatewayUrl();
  const known = run(["get", "applications", "-o", "name"]).includes("/orders\n");
  await using place = new AsyncDisposableStack();
  const system = await runningSystem(place);
  const story: Story = { system, gateway };

  step("Nobody gets an order from the system without a token");
  await call(`${system}/orders/42`, 401);

  step("Register the system: an Application, and Secrets that only the gateway reads");
  apply(manifests(story, CLIENT.secret));
  place.defer(() => cleanUp(story, known));

  step("Call it through the gateway, without any credentials");
  await callUntil(`${gateway}/orders/orders-api/orders/42`, 200);

  step("How to call it, and whether all is there, is shown by");
  show(["describe", "application", "orders"]);

  step("The system changes its client secret and revokes all tokens: the old Secret is refused");
  await changeSecret(system, CLIENT.secret, "a-new-secret");
  place.defer(() => changeSecret(system, "a-new-secret", CLIENT.secret));
  await call(`${gateway}/orders/orders-api/orders/42`, 502);

  step("The Secret is changed too, and calls succeed again. The workload did nothing");
  apply(manifests(story, "a-new-secret"));
  await callUntil(`${gateway}/orders/orders-api/orders/42`, 200);

  step("Clean up");
}

/** The one that runs, else one of our own for as long as the story goes on. */
async function runningSystem(place: AsyncDisposableStack): Promise<string> {
  const origin = `http://127.0.0.1:${port}`;
  const isUp = await fetch(`${origin}/health`).then(
    (response) => response.ok,
    () => false,
  );
  if (isUp) {
    say(`The orders system runs at ${origin}.`);
    return origin;
  }
  const system: OrdersSystem = await startOrdersSystem({ port, tokenSeconds: 30, log: () => {} });
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
    apply(manifests(story, CLIENT.secret));
    say("The Application was there before, so it stays.");
    return;
  }
  show(["delete", "-f", "-"], manifests(story, CLIENT.secret));
}

async function changeSecret(system: string, current: string, next: string): Promise<void> {
  const response = await fetch(`${system}/oauth/secret`, {
    method: "POST",
    headers: { authorization: `Basic ${Buffer.from(`${CLIENT.id}:${current}`).toString("base64")}` },
    body: new URLSearchParams({ secret: next }),
  });
  if (!response.ok) throw new Error(`the system did not change its secret: ${response.status}`);
}

async function call(url: string, expected: number): Promise<void> {
  const response = await fetch(url);
  const text = (await response.text()).trim();
  const origin = response.headers.get("x-gateway-error");
  say(`$ curl ${url}`);
  say(`  ${response.status} ${text}${origin ? `  (X-Gateway-Error: ${origin})` : ""}`);
  if (response.status !== expected) throw new Error(`expected ${expected}, got ${response.status}`);
}

/** A change takes effect within 250 ms; the first call after it may still find the state before. */
async function callUntil(url: string, expected: number): Promise<void> {
  const end = performance.now() + 5000;
  while (performance.now() < end) {
    const { status, body } = await fetch(url);
    await body?.cancel();
    if (status === expected) break;
    await delay(50);
  }
  await call(url, expected);
}

function gatewayUrl(): string {
  return process.env["GATEWAY_URL"] ?? "http://localhost:8080";
}

function apply(input: string): void {
  show(["apply", "-f", "-"], input);
}

function show(words: readonly string[], input?: string): void {
  say(`$ npx appconn ${words.join(" ")}`);
  for (const line of run(words, input).trimEnd().split("\n")) say(`  ${line}`);
}

/** Runs appconn and gives what it prints; what it says on standard error is shown as it comes. */
function run(words: readonly string[], input?: string): string {
  const { status, stdout } = spawnSync(process.execPath, [appconn, ...words], {
    stdio: [input === undefined ? "ignore" : "pipe", "pipe", "inherit"],
    encoding: "utf8",
    ...(input === undefined ? {} : { input }),
  });
  if (status !== 0) throw new Error(`appconn ${words.join(" ")} failed; is the server running? (npm start)`);
  return stdout;
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
  await tell();
  console.log("\nThat is the whole story.");
} catch (error) {
  console.error(`\nThe story broke off: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}
