import { equal, match, ok } from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { appconn, appconnPath, startProgram, type Ended, type Running } from "../e2e/appconn-process.ts";
import { eventually } from "./eventually.ts";
import { FREE_PORTS } from "./free-ports.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

/** `METHOD /path`, to the admin API or to what stands behind it. */
export interface AdminCall {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** A data directory, and the real `appconn serve` on it: one process after the other. */
export class ServedInstallation implements AsyncDisposable {
  readonly #directory = new TemporaryDirectory();
  /** For files of the test. */
  readonly path = this.#directory.path;
  readonly data = join(this.path, "data");
  readonly #environment: Readonly<Record<string, string>>;
  #running: Running | undefined;
  #written = "";

  /** `environment`: variables of the servers, beside those of the test. */
  constructor(environment: Readonly<Record<string, string>> = {}) {
    this.#environment = environment;
  }

  static async start(
    settings: readonly string[] = [],
    environment: Readonly<Record<string, string>> = {},
  ): Promise<ServedInstallation> {
    const installation = new ServedInstallation(environment);
    try {
      await installation.start(settings);
    } catch (error) {
      await installation[Symbol.asyncDispose]();
      throw error;
    }
    return installation;
  }

  /** Starts a server that says when it is ready. */
  async start(settings: readonly string[] = []): Promise<void> {
    const running = this.launch(settings);
    await eventually(
      () => {
        equal(running.process.exitCode, null, running.stderr);
        match(running.stderr, /is ready/);
      },
      { timeout: 60_000 },
    );
  }

  /** Starts a server, whatever becomes of it. */
  launch(settings: readonly string[] = []): Running {
    const words = ["serve", "--data-dir", this.data, ...FREE_PORTS, ...settings];
    this.#running = startProgram([process.execPath, appconnPath, ...words], { env: this.#environment });
    return this.#running;
  }

  /** Ends the server and says how it ended. */
  async stop(signal: NodeJS.Signals = "SIGTERM"): Promise<Ended> {
    const running = this.running;
    running.process.kill(signal);
    const ended = await running.ended;
    this.#written += ended.stdout + ended.stderr;
    this.#running = undefined;
    return ended;
  }

  get running(): Running {
    ok(this.#running, "no server runs");
    return this.#running;
  }

  /** Everything that the servers have written, logs and the rest. */
  get output(): string {
    return this.#written + (this.#running ? this.#running.stdout + this.#running.stderr : "");
  }

  /** From the lines that the server prints when it is ready. */
  address(name: string): URL {
    const line = this.running.stderr.split("\n").find((text) => text.trimStart().startsWith(`${name}  `));
    return new URL(/https?:\S+/.exec(line ?? "")?.[0] ?? `missing:${name}`);
  }

  get gateway(): URL {
    return this.address("ingress (client certificates)");
  }

  get pairing(): URL {
    return this.address("ingress (pairing)");
  }

  get adminToken(): string {
    return readFileSync(join(this.data, "admin-token"), "utf8").trim();
  }

  /** File of the authority that signs our own server certificates. */
  get serverAuthority(): string {
    return join(this.data, "pki", "server-ca.crt");
  }

  get kubeconfig(): string {
    return join(this.data, "kubeconfig");
  }

  /** On the loopback the admin API takes plain HTTP on the same port. */
  admin(method: string, path: string, { headers, body }: AdminCall = {}): Promise<Response> {
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    return fetch(`http://127.0.0.1:${this.address("admin API").port}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.adminToken}`, "content-type": type, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async apply(...objects: readonly unknown[]): Promise<void> {
    const input = JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
    await this.administer(["apply", "-f", "-"], input);
  }

  /** Runs a command of an administrator, which must succeed. */
  async administer(words: readonly string[], input = ""): Promise<string> {
    const { code, stdout, stderr } = await this.launchCommand(words, input);
    equal(code, 0, stderr);
    return stdout;
  }

  /** Runs a command of an administrator, whatever becomes of it. */
  launchCommand(words: readonly string[], input = ""): Promise<Ended> {
    return appconn([...words, "--data-dir", this.data], { input });
  }

  /** What Prometheus would read. */
  async metrics(): Promise<string> {
    return await (await this.health("/metrics")).text();
  }

  health(path: string): Promise<Response> {
    return fetch(new URL(path, this.address("health and metrics")));
  }

  /** Audit and access records of all servers so far. */
  records(): Record<string, unknown>[] {
    const lines = readFileSync(join(this.data, "audit.log"), "utf8").split("\n");
    return lines.slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#running) await this.stop("SIGKILL");
    this.#directory[Symbol.dispose]();
  }
}

const VERSION = "applicationconnector.kyma-project.io/v1alpha1";

export function application(name: string, spec: Readonly<Record<string, unknown>> = {}): unknown {
  return { apiVersion: VERSION, kind: "Application", metadata: { name }, spec: { services: [], ...spec } };
}

export function tokenRequest(name: string, more: Readonly<Record<string, unknown>> = {}): unknown {
  const { namespace = "default", ...rest } = more;
  return { apiVersion: VERSION, kind: "TokenRequest", metadata: { name, namespace }, ...rest };
}
