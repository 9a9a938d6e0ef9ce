import { equal } from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { startProgram, type Running } from "../e2e/appconn-process.ts";
import { eventually } from "./eventually.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

export interface PrometheusOptions {
  /** The program. */
  readonly path: string;
  /** `127.0.0.1:8081`: what is scraped once a second. */
  readonly target: string;
  /** File of rules. */
  readonly rules: string;
}

export interface QueriedSample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

export interface LoadedRule {
  readonly name: string;
  readonly health: string;
  readonly lastError?: string;
}

/** The real Prometheus, which scrapes one server. */
export class Prometheus implements AsyncDisposable {
  readonly #directory = new TemporaryDirectory();
  readonly #running: Running;

  private constructor({ path, target, rules }: PrometheusOptions) {
    const configuration = join(this.#directory.path, "prometheus.json");
    const content = {
      global: { scrape_interval: "1s", evaluation_interval: "1s" },
      rule_files: [rules],
      scrape_configs: [{ job_name: "appconn", static_configs: [{ targets: [target] }] }],
    };
    writeFileSync(configuration, JSON.stringify(content));
    this.#running = startProgram([
      path,
      `--config.file=${configuration}`,
      `--storage.tsdb.path=${join(this.#directory.path, "data")}`,
      "--web.listen-address=127.0.0.1:0",
    ]);
  }

  static async start(options: PrometheusOptions): Promise<Prometheus> {
    const prometheus = new Prometheus(options);
    try {
      await eventually(async () => equal((await fetch(`${prometheus.#origin}/-/ready`)).status, 200), {
        timeout: 60_000,
      });
    } catch (error) {
      await prometheus[Symbol.asyncDispose]();
      throw error;
    }
    return prometheus;
  }

  async query(expression: string): Promise<readonly QueriedSample[]> {
    const { result } = (await this.#ask("query", { query: expression })) as { result: QueriedSample[] };
    return result;
  }

  async rules(): Promise<readonly LoadedRule[]> {
    const { groups } = (await this.#ask("rules", {})) as { groups: { rules: LoadedRule[] }[] };
    return groups.flatMap(({ rules }) => rules);
  }

  async #ask(path: string, parameters: Readonly<Record<string, string>>): Promise<unknown> {
    const query = new URLSearchParams(parameters).toString();
    const response = await fetch(`${this.#origin}/api/v1/${path}?${query}`);
    const body = (await response.json()) as { data: unknown; error?: string };
    equal(response.status, 200, body.error ?? query);
    return body.data;
  }

  /** It says on which port it listens. */
  get #origin(): string {
    const address = /msg="Listening on" address=(\S+)/.exec(this.#running.stderr)?.[1];
    return `http://${address ?? "not-yet.invalid"}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#running.process.kill("SIGKILL");
    await this.#running.ended;
    this.#directory[Symbol.dispose]();
  }
}
