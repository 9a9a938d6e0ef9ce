import { ok } from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Application } from "../../src/core/resources/application.ts";
import type { New } from "../../src/core/resources/resource.ts";
import { appconnPath, startProgram, type Ended, type Running } from "../e2e/appconn-process.ts";
import { CREDENTIALS_NAMESPACE } from "./applications.ts";
import { eventually } from "./eventually.ts";
import { FREE_PORTS } from "./free-ports.ts";
import { connectRaw, type RawClient } from "./raw-client.ts";
import type { RawResponse } from "./raw-response.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

const APPLICATIONS = "/apis/applicationconnector.kyma-project.io/v1alpha1/applications";
const SECRETS = `/api/v1/namespaces/${CREDENTIALS_NAMESPACE}/secrets`;

/** Starts `appconn serve` as a process of its own on free ports, with a data directory of its own. */
export async function startGatewayProcess(settings: readonly string[] = []): Promise<GatewayProcess> {
  const directory = new TemporaryDirectory();
  const data = join(directory.path, "data");
  const running = startProgram([
    process.execPath,
    appconnPath,
    "serve",
    "--data-dir",
    data,
    ...FREE_PORTS,
    ...settings,
  ]);
  const gateway = new GatewayProcess(directory, data, running);
  try {
    await eventually(() => ok(/is ready/.test(running.stderr), running.stderr), { timeout: 30_000 });
    await gateway.readToken();
  } catch (error) {
    await gateway[Symbol.asyncDispose]();
    throw error;
  }
  return gateway;
}

/** A real server, called and configured from outside only. */
export class GatewayProcess implements AsyncDisposable {
  readonly dataDirectory: string;
  readonly #directory: TemporaryDirectory;
  readonly #running: Running;
  #token = "";

  constructor(directory: TemporaryDirectory, dataDirectory: string, running: Running) {
    this.#directory = directory;
    this.dataDirectory = dataDirectory;
    this.#running = running;
  }

  async readToken(): Promise<void> {
    this.#token = (await readFile(join(this.dataDirectory, "admin-token"), "utf8")).trim();
  }

  /** From the lines that the server prints when it is ready. */
  address(name: string): URL {
    const line = this.#running.stderr.split("\n").find((text) => text.trimStart().startsWith(`${name} `));
    return new URL(/https?:\S+/.exec(line ?? "")?.[0] ?? `missing:${name}`);
  }

  /** Everything that it has written, logs and the rest. */
  get output(): string {
    return this.#running.stdout + this.#running.stderr;
  }

  get pid(): number | undefined {
    return this.#running.process.pid;
  }

  get ended(): Promise<Ended> {
    return this.#running.ended;
  }

  signal(name: NodeJS.Signals): void {
    this.#running.process.kill(name);
  }

  connect(): Promise<RawClient> {
    return connectRaw(Number(this.address("gateway").port));
  }

  /** One call on a connection of its own. */
  async call(method: string, path: string, headers: readonly string[] = []): Promise<RawResponse> {
    await using client = await this.connect();
    await client.request(method, path, { headers });
    return await client.response();
  }

  async create(application: New<Application>): Promise<void> {
    await this.#admin("POST", APPLICATIONS, {
      apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
      kind: "Application",
      ...application,
    });
  }

  async patch(name: string, patch: unknown): Promise<void> {
    await this.#admin("PATCH", `${APPLICATIONS}/${name}`, patch);
  }

  async remove(name: string): Promise<void> {
    await this.#admin("DELETE", `${APPLICATIONS}/${name}`);
  }

  async createSecret(name: string, stringData: Readonly<Record<string, string>>): Promise<void> {
    await this.#admin("POST", SECRETS, { apiVersion: "v1", kind: "Secret", metadata: { name }, stringData });
  }

  async patchSecret(name: string, stringData: Readonly<Record<string, string>>): Promise<void> {
    await this.#admin("PATCH", `${SECRETS}/${name}`, { stringData });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { process: child, ended } = this.#running;
    if (child.exitCode === null) child.kill("SIGKILL");
    await ended;
    this.#directory[Symbol.dispose]();
  }

  async #admin(method: string, path: string, body?: unknown): Promise<void> {
    // On the loopback the admin API takes plain HTTP on the same port.
    const origin = `http://127.0.0.1:${this.address("admin API").port}`;
    const type = method === "PATCH" ? "application/merge-patch+json" : "application/json";
    const response = await fetch(origin + path, {
      method,
      headers: { authorization: `Bearer ${this.#token}`, "content-type": type },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    ok(response.ok, `${method} ${path} answered ${response.status}: ${text}`);
  }
}
