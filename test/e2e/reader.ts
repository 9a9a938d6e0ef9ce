import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { repositoryRoot } from "../architecture/source-files.ts";
import { eventually } from "../doubles/eventually.ts";
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
const GOING_ON: ReadonlyMap<string, RegExp> = new Map([
  ["npm start", /Ctrl-C stops it\./],
  ["npm run example:orders:system", /listens on (http:\S+)\.\n[^]*curl -i .*\n/],
]);

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

  constructor() {
    mkdirSync(this.#checkout);
    mkdirSync(join(this.#home, "bin"), { recursive: true });
    for (const name of readdirSync(repositoryRoot)) {
      if (name !== "examples" && name !== ".git") {
        symlinkSync(join(repositoryRoot, name), join(this.#checkout, name));
      }
    }
    cpSync(join(repositoryRoot, "examples"), join(this.#checkout, "examples"), { recursive: true });
    const kubectl = findBinary("kubectl");
    if (kubectl.path !== undefined) symlinkSync(kubectl.path, join(this.#home, "bin", "kubectl"));
  }

  async type(command: string): Promise<Typed> {
    const begun = GOING_ON.get(command);
    if (begun) return await this.#start(command, begun);
    const child = this.#spawn(this.#translated(command));
    let output = "";
    for (const stream of [child.stdout, child.stderr])
      stream?.on("data", (data: Buffer) => (output += String(data)));
    const [code] = (await once(child, "close")) as [number | null];
    return { code, output };
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
    const child = this.#spawn(command);
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
    const [, health] = /^ *health and metrics +(http:\S+)$/m.exec(output) ?? [];
    if (health) this.#places.set("http://localhost:8081", health);
    const [, system] = /listens on (http:\S+)\./.exec(output) ?? [];
    if (!system) return;
    this.#places.set("http://127.0.0.1:7070", system);
    const manifest = join(this.#checkout, "examples/orders/application.yaml");
    writeFileSync(manifest, this.#translated(readFileSync(manifest, "utf8")));
  }

  #translated(text: string): string {
    return [...this.#places].reduce((result, [usual, here]) => result.replaceAll(usual, here), text);
  }

  #spawn(command: string): ChildProcess {
    const path = [join(this.#home, "bin"), dirname(process.execPath), process.env["PATH"] ?? ""];
    return spawn("bash", ["-c", command], {
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
