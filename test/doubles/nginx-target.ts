import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { startProgram, type Running } from "../e2e/appconn-process.ts";
import type { KeyPair } from "./certificates.ts";
import { eventually } from "./eventually.ts";
import { portsFreeNow } from "./ports-free-now.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

export interface NginxOptions {
  /** The program. */
  readonly path: string;
  readonly certificate: KeyPair;
  /** PEM: whose client certificates are taken. Others are told to come without one. */
  readonly clients: string;
  /** After as many requests a connection is ended (HTTP/2: GOAWAY). */
  readonly requestsPerConnection?: number;
}

/** What the real nginx serves as `/file`, 1 MiB. */
const FILE = Buffer.alloc(1024 * 1024, "nginx speaks for itself\n");
export const FILE_HASH = createHash("sha256").update(FILE).digest("hex");

/** The real nginx as a target: HTTP/2 with and without TLS, and HTTP/1.1 over TLS alone. */
export class NginxTarget implements AsyncDisposable {
  readonly h2: string;
  readonly h2c: string;
  readonly http1: string;
  readonly #directory: TemporaryDirectory;
  readonly #running: Running;

  private constructor(directory: TemporaryDirectory, ports: readonly number[], running: Running) {
    const [h2, h2c, http1] = ports;
    this.h2 = `https://localhost:${h2}`;
    this.h2c = `http://localhost:${h2c}`;
    this.http1 = `https://localhost:${http1}`;
    this.#directory = directory;
    this.#running = running;
  }

  /** nginx cannot choose ports: where somebody else was faster, it is started anew. */
  static async start(options: NginxOptions, attempts = 5): Promise<NginxTarget> {
    const directory = new TemporaryDirectory();
    const ports = await portsFreeNow(3);
    writeFileSync(join(directory.path, "server.crt"), options.certificate.crt);
    writeFileSync(join(directory.path, "server.key"), options.certificate.key);
    writeFileSync(join(directory.path, "clients.crt"), options.clients);
    writeFileSync(join(directory.path, "file"), FILE);
    writeFileSync(join(directory.path, "nginx.conf"), configuration(directory.path, ports, options));
    const running = startProgram([options.path, "-p", directory.path, "-c", "nginx.conf", "-e", "stderr"]);
    const nginx = new NginxTarget(directory, ports, running);
    const listens = eventually(() => reach(ports), { timeout: 30_000 }).then(() => true);
    listens.catch(() => {});
    if (await Promise.race([listens, running.ended.then(() => false)])) return nginx;
    await nginx[Symbol.asyncDispose]();
    const { stderr } = await running.ended;
    if (attempts > 1 && stderr.includes("Address already in use")) return this.start(options, attempts - 1);
    throw new Error(`nginx does not start: ${stderr}`);
  }

  /** Has another process of it serve; the former one ends its connections when their requests are done. */
  reload(): void {
    this.#running.process.kill("SIGHUP");
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#running.process.kill("SIGTERM");
    await this.#running.ended;
    this.#directory[Symbol.dispose]();
  }
}

async function reach(ports: readonly number[]): Promise<void> {
  await Promise.all(
    ports.map(async (port) => {
      const socket = connect(port, "127.0.0.1");
      await once(socket, "connect");
      socket.destroy();
    }),
  );
}

function configuration(
  path: string,
  [h2, h2c, http1]: readonly number[],
  { requestsPerConnection = 1000 }: NginxOptions,
): string {
  return `
daemon off;
worker_processes 1;
pid ${path}/nginx.pid;
error_log stderr warn;
${process.getuid?.() === 0 ? "user root;" : ""}
events { worker_connections 256; }
http {
  access_log off;
  client_body_temp_path ${path}/body;
  proxy_temp_path ${path}/proxy;
  fastcgi_temp_path ${path}/fastcgi;
  uwsgi_temp_path ${path}/uwsgi;
  scgi_temp_path ${path}/scgi;
  keepalive_requests ${requestsPerConnection};
  http2_max_concurrent_streams 4;
  gzip on;
  gzip_min_length 1;
  gzip_types application/json;
  server {
    listen 127.0.0.1:${h2} ssl http2;
    listen 127.0.0.1:${h2c} http2;
    listen 127.0.0.1:${http1} ssl;
    ssl_certificate server.crt;
    ssl_certificate_key server.key;
    ssl_client_certificate clients.crt;
    ssl_verify_client optional;
    root ${path};
    default_type application/json;
    location /told {
      return 200 '{"spoken":"$http2","uri":"$request_uri","client":"$ssl_client_s_dn","authorization":"$http_authorization"}';
    }
    location /connection { return 200 "connection-$pid-$connection"; }
    location /moved { return 302 /told/there; }
    location /broken { return 503; }
  }
}
`;
}
