import { writeFileSync } from "node:fs";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { commandLine, type CommandLineResult, type CommandLineSurroundings } from "./command-line.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

export interface InternalRequest {
  readonly line: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface InternalAnswer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON; nothing where absent. */
  readonly body?: unknown;
}

/** The administration as the commands see it: answers that a test decides, `GET /path?query` → answer. */
export class InternalApi implements AsyncDisposable {
  readonly requests: InternalRequest[] = [];
  readonly answers = new Map<string, InternalAnswer>();
  readonly #directory = new TemporaryDirectory();
  readonly #server = createServer((request, response) => {
    void buffer(request).then((body) => {
      const line = `${request.method} ${request.url}`;
      this.requests.push({ line, headers: request.headers, body: body.toString() });
      const { status = 200, headers, body: answer } = this.answers.get(line) ?? NOT_FOUND;
      response.writeHead(status, { "content-type": "application/json", ...headers });
      response.end(answer === undefined ? "" : JSON.stringify(answer));
    });
  });

  /** `authority` and `isOurs`: what the kubeconfig says beside address and token. */
  static async start(
    options: { readonly authority?: string; readonly isOurs?: boolean } = {},
  ): Promise<InternalApi> {
    const api = new InternalApi();
    await new Promise<void>((resolve) => void api.#server.listen(0, "127.0.0.1", resolve));
    api.writeKubeconfig(options);
    return api;
  }

  writeKubeconfig({ authority, isOurs = true }: { authority?: string; isOurs?: boolean }): void {
    const hints = { name: "appconn.dev", extension: { gatewayUrl: "http://localhost:8080" } };
    const cluster = {
      server: `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`,
      ...(authority && { "certificate-authority-data": Buffer.from(authority).toString("base64") }),
      ...(isOurs && { extensions: [hints] }),
    };
    const config = {
      clusters: [{ name: "a", cluster }],
      users: [{ name: "a", user: { token: "admin-token" } }],
      contexts: [{ name: "a", context: { cluster: "a", user: "a" } }],
      "current-context": "a",
    };
    writeFileSync(this.kubeconfig, JSON.stringify(config));
  }

  get kubeconfig(): string {
    return join(this.#directory.path, "kubeconfig");
  }

  run(words: readonly string[], surroundings: CommandLineSurroundings = {}): Promise<CommandLineResult> {
    return commandLine([...words, "--kubeconfig", this.kubeconfig], surroundings);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
    this.#directory[Symbol.dispose]();
  }
}

const NOT_FOUND: InternalAnswer = {
  status: 404,
  body: { code: 404, error: "Requested resource could not be found." },
};
