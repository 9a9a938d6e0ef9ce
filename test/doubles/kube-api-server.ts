import { equal } from "node:assert/strict";
import { generateKeyPairSync, randomBytes } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { request } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import { startProgram, type Running } from "../e2e/appconn-process.ts";
import { findBinary, type FoundBinary } from "../tools/binary.ts";
import { run, type Ran, type RunOptions } from "../tools/run.ts";
import { eventually } from "./eventually.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

const programs = ["etcd", "kube-apiserver", "kubectl"].map(findBinary);

/** A real API server over a real etcd, without controllers; everything of it is gone afterwards. */
export class KubeApiServer implements AsyncDisposable {
  /** Why a test of it must be skipped, or false. */
  static readonly skip: FoundBinary["skip"] = programs.find(({ skip }) => skip)?.skip ?? false;

  readonly #directory = new TemporaryDirectory();
  readonly #running: Running[] = [];
  readonly token = randomBytes(16).toString("hex");
  readonly kubeconfig = this.#file("kubeconfig");
  #port = 0;

  static async start(): Promise<KubeApiServer> {
    const server = new KubeApiServer();
    try {
      await server.#startEtcd();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get origin(): string {
    return `https://127.0.0.1:${this.#port}`;
  }

  /** Runs kubectl against it as its administrator. */
  kubectl(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
    const env = { KUBECONFIG: this.kubeconfig, HOME: this.#directory.path, ...options.env };
    return run(programs[2]?.path ?? "", args, { directory: this.#directory.path, ...options, env });
  }

  async #startEtcd(): Promise<void> {
    const [client, peer] = [await freePort(), await freePort()].map((port) => `http://127.0.0.1:${port}`);
    this.#launch(programs[0]?.path, [
      ...["--data-dir", this.#file("etcd"), "--log-level", "error", "--unsafe-no-fsync"],
      ...["--listen-client-urls", `${client}`, "--advertise-client-urls", `${client}`],
      ...["--listen-peer-urls", `${peer}`, "--initial-advertise-peer-urls", `${peer}`],
      ...["--initial-cluster", `default=${peer}`],
    ]);
    await this.#startApi(`${client}`);
  }

  async #startApi(etcd: string): Promise<void> {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const key = this.#file("sa.key");
    writeFileSync(key, privateKey.export({ type: "pkcs1", format: "pem" }));
    writeFileSync(this.#file("tokens.csv"), `${this.token},admin,admin,system:masters\n`);
    this.#port = await freePort();
    writeFileSync(this.kubeconfig, JSON.stringify(kubeconfig(this.origin, this.token)), { mode: 0o600 });
    const api = this.#launch(programs[1]?.path, [
      ...[`--etcd-servers=${etcd}`, `--cert-dir=${this.#file("certificates")}`],
      ...["--bind-address=127.0.0.1", `--secure-port=${this.#port}`, "--authorization-mode=RBAC"],
      ...["--service-account-issuer=https://kubernetes.default.svc", `--service-account-key-file=${key}`],
      ...[`--service-account-signing-key-file=${key}`, `--token-auth-file=${this.#file("tokens.csv")}`],
      ...["--service-cluster-ip-range=10.96.0.0/16", "--disable-admission-plugins=ServiceAccount"],
    ]);
    await eventually(
      async () => {
        equal(api.process.exitCode, null, api.stderr.slice(-2000));
        equal(await this.#readiness(), 200);
      },
      { timeout: 120_000, interval: 100 },
    );
  }

  async #readiness(): Promise<number | undefined> {
    const headers = { authorization: `Bearer ${this.token}` };
    const sent = request(`${this.origin}/readyz`, { headers, rejectUnauthorized: false, timeout: 5000 });
    sent.once("timeout", () => sent.destroy());
    const { promise, resolve, reject } = Promise.withResolvers<number | undefined>();
    sent.once("error", reject).once("response", (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.end();
    return await promise;
  }

  #launch(program: string | undefined, words: readonly string[]): Running {
    const running = startProgram([program ?? "", ...words], { cwd: this.#directory.path });
    this.#running.push(running);
    return running;
  }

  #file(name: string): string {
    return join(this.#directory.path, name);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { process, ended } of this.#running.toReversed()) {
      process.kill("SIGKILL");
      await ended;
    }
    this.#directory[Symbol.dispose]();
  }
}

/** A port that nobody has now: neither program takes 0. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, "close");
  return port;
}

function kubeconfig(server: string, token: string): object {
  return {
    apiVersion: "v1",
    kind: "Config",
    // Its certificate is made at each start.
    clusters: [{ name: "real", cluster: { server, "insecure-skip-tls-verify": true } }],
    users: [{ name: "admin", user: { token } }],
    contexts: [{ name: "real", context: { cluster: "real", user: "admin", namespace: "default" } }],
    "current-context": "real",
  };
}
