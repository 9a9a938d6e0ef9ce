import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { repositoryRoot } from "../architecture/source-files.ts";
import { eventually } from "../doubles/eventually.ts";
import { portsFreeNow } from "../doubles/ports-free-now.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";
import { findBinary } from "../tools/binary.ts";
import { cleanEnvironment } from "./appconn-process.ts";

export interface Typed {
  readonly code: number | null;
  /** Standard output and standard error together, as on a screen. */
  readonly output: string;
}

interface Background {
  readonly child: ChildProcess;
  output: string;
  readonly ended: Promise<unknown>;
}

/** Commands that go on until Ctrl-C, and what tells that they have begun. */
const GOING_ON: readonly (readonly [command: RegExp, begun: RegExp])[] = [
  [/^npm start\b/, /Ctrl-C stops it\./],
  [/^npm run example:orders:system$/, /listens on (http:\S+)\.\n[^]*curl -i .*\n/],
  [/^npx appconn connect .*--watch$/, /Ctrl-C ends that\./],
  [/^haproxy -W /, /Loading success/],
  [/^npx appconn top$/, /"calls":/],
  // Until a call ends, it shows nothing.
  [/^npx appconn logs -f/, /^/],
];

/** Ports that documents name and whose addresses outlive a restart, so that they are chosen once. */
const LASTING_PORTS = [8443, 8444, 8087, 8085];

/**
 * Someone who reads a document and types its commands into a checkout of their own: a home of their own, and
 * free ports where the document names the usual ones.
 */
export class Reader implements AsyncDisposable {
  readonly #directory = new TemporaryDirectory();
  readonly #checkout = join(this.#directory.path, "checkout");
  readonly #home = join(this.#directory.path, "home");
  readonly #running = new Map<string, Background>();
  /** What a document says → what it is here. */
  readonly #places = new Map<string, string>();
  readonly #ports: ReadonlyMap<number, number>;
  /** Lines that stand before every later command, as in a terminal that stays open. */
  readonly #exports: string[] = [];

  static async begin(): Promise<Reader> {
    const free = await portsFreeNow(LASTING_PORTS.length);
    return new Reader(new Map(LASTING_PORTS.map((port, index) => [port, free[index] as number])));
  }

  private constructor(ports: ReadonlyMap<number, number>) {
    this.#ports = ports;
    for (const [usual, here] of ports) this.#places.set(`:${usual}`, `:${here}`);
    mkdirSync(this.#checkout);
    mkdirSync(join(this.#home, "bin"), { recursive: true });
    for (const name of readdirSync(repositoryRoot)) {
      if (name !== "examples" && name !== ".git") {
        symlinkSync(join(repositoryRoot, name), join(this.#checkout, name));
      }
    }
    cpSync(join(repositoryRoot, "examples"), join(this.#checkout, "examples"), { recursive: true });
    this.#translate("examples/behind-a-proxy/haproxy.cfg");
    const kubectl = findBinary("kubectl");
    if (kubectl.path !== undefined) symlinkSync(kubectl.path, join(this.#home, "bin", "kubectl"));
  }

  async type(command: string): Promise<Typed> {
    const begun = GOING_ON.find(([pattern]) => pattern.test(command))?.[1];
    if (begun) return await this.#start(command, begun);
    if (command.startsWith("export ")) {
      this.#exports.push(command);
      return { code: 0, output: "" };
    }
    const child = this.#spawn(this.#translated(command));
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (data: Buffer) => (output += String(data)));
    const [code] = (await once(child, "close")) as [number | null];
    this.#learn(output);
    return { code, output };
  }

  /** Commands that go on now. */
  get running(): readonly string[] {
    return [...this.#running.keys()];
  }

  /** Ctrl-C in the terminal of a command: it reaches every process that the command started. */
  async interrupt(command: string): Promise<Typed> {
    const background = this.#running.get(command);
    if (!background?.child.pid) throw new Error(`${command} does not run`);
    process.kill(-background.child.pid, "SIGINT");
    await background.ended;
    this.#running.delete(command);
    return { code: background.child.exitCode, output: background.output };
  }

  async #start(command: string, begun: RegExp): Promise<Typed> {
    const child = this.#spawn(this.#translated(command));
    const background: Background = { child, output: "", ended: once(child, "close") };
    this.#running.set(command, background);
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on("data", (data: Buffer) => (background.output += String(data)));
    }
    const timeout = 60_000;
    await eventually(
      () => {
        if (!begun.test(background.output)) throw new Error(`${command} has not begun: ${background.output}`);
      },
      { timeout },
    );
    this.#learn(background.output);
    return { code: null, output: background.output };
  }

  /** Takes the addresses that are free ones here from what the programs print. */
  #learn(output: string): void {
    const [, gateway] = /curl (http:\/\/\S+)\/orders\/orders-api/.exec(output) ?? [];
    if (gateway) this.#places.set("http://localhost:8080", gateway);
    const [, health] = /health and metrics +(http:\S+)/.exec(output) ?? [];
    if (health) this.#places.set("http://localhost:8081", health);
    const [link] = /https:\S+\/signingRequests\/info\?token=\S+/.exec(output) ?? [];
    if (link) this.#places.set("<link>", link);
    const [, id] = /^registered .*: id ([0-9a-f-]{36})$/m.exec(output) ?? [];
    if (id) this.#places.set("<id>", id);
    const [, system] = /listens on (http:\S+)\./.exec(output) ?? [];
    if (!system) return;
    this.#places.set("http://127.0.0.1:7070", system);
    this.#translate("examples/orders/application.yaml");
    this.#translate("examples/shop/service.yaml");
  }

  #translate(file: string): void {
    const path = join(this.#checkout, file);
    writeFileSync(path, this.#translated(readFileSync(path, "utf8")));
  }

  #portOf(usual: number): string {
    return String(this.#ports.get(usual));
  }

  #translated(text: string): string {
    return [...this.#places].reduce((result, [usual, here]) => result.replaceAll(usual, here), text);
  }

  #spawn(command: string): ChildProcess {
    const path = [join(this.#home, "bin"), dirname(process.execPath), process.env["PATH"] ?? ""];
    return spawn("bash", ["-c", [...this.#exports, command].join("\n")], {
      cwd: this.#checkout,
      // A group of its own, as a terminal makes one for each command.
      detached: true,
      stdio: ["ignore", "pipe", "pipe"],
      env: cleanEnvironment({
        HOME: this.#home,
        PATH: path.join(delimiter),
        npm_config_offline: "true",
        npm_config_update_notifier: "false",
        ORDERS_PORT: "0",
        APPCONN_GATEWAY_PORT: "0",
        APPCONN_GATEWAY_COMPASS_PORT: "0",
        APPCONN_GATEWAY_HEALTH_PORT: "0",
        APPCONN_ADMIN_PORT: "0",
        APPCONN_INGRESS_PORT: this.#portOf(8443),
        APPCONN_INGRESS_PAIRING_PORT: this.#portOf(8444),
        APPCONN_CONNECTOR_EXTERNAL_PORT: this.#portOf(8087),
        APPCONN_VALIDATOR_PORT: this.#portOf(8085),
      }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { child, ended } of this.#running.values()) {
      if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, "SIGKILL");
      await ended;
    }
    this.#directory[Symbol.dispose]();
  }
}
