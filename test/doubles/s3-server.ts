import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdirSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { connect, createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";
import { ok } from "node:assert/strict";
import { systemClock } from "../../src/core/clock.ts";
import { openS3BlobStore } from "../../src/stores/s3/s3-blob-store.ts";
import type { BlobStore } from "../../src/stores/blob-store.ts";
import type { S3Options } from "../../src/stores/s3/options.ts";
import { findBinary } from "../tools/binary.ts";
import { eventually } from "./eventually.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

const BUCKET = "documents";
const ACCESS_KEY = "tests";

/** A real S3 server (versitygw) with one bucket, behind a relay that keeps its port when the server goes. */
export class S3Server implements AsyncDisposable {
  readonly #directory = new TemporaryDirectory();
  readonly #sockets = new Set<Socket>();
  readonly #relay: Server = createServer((socket) => this.#forward(socket));
  #process: ChildProcess | undefined;
  readonly secret = "tests-secret-+/=";
  /** Where the objects are files under their keys. */
  readonly objects = join(this.#directory.path, "buckets", BUCKET);
  readonly secretFile = join(this.#directory.path, "secret");

  static async start(): Promise<S3Server> {
    const server = new S3Server();
    for (const folder of [server.objects, join(server.#directory.path, "metadata")]) {
      mkdirSync(folder, { recursive: true });
    }
    writeFileSync(server.secretFile, `${server.secret}\n`);
    server.#relay.listen(0, "127.0.0.1");
    try {
      await once(server.#relay, "listening");
      await server.up();
      return server;
    } catch (error) {
      await server[Symbol.asyncDispose]();
      throw error;
    }
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#relay.address() as AddressInfo).port}`;
  }

  options(different: Partial<S3Options> = {}): S3Options {
    return {
      bucket: BUCKET,
      prefix: "",
      endpoint: this.endpoint,
      region: "us-east-1",
      pathStyle: true,
      accessKeyId: ACCESS_KEY,
      secretAccessKeyFile: this.secretFile,
      timeout: 30_000,
      ...different,
    };
  }

  /** A store of the bucket, whose contents on their way in are in a directory of their own. */
  open(name: string, different: Partial<S3Options> = {}): Promise<BlobStore> {
    return openS3BlobStore({
      options: this.options(different),
      connection: { authorities: "default", proxy: undefined, connectTimeout: 10_000 },
      directory: join(this.#directory.path, name),
      clock: systemClock,
      random: Math.random,
    });
  }

  keys(): readonly string[] {
    const entries = readdirSync(this.objects, { withFileTypes: true, recursive: true });
    return entries
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(this.objects.length + 1));
  }

  damage(key: string): void {
    appendFileSync(join(this.objects, key), "x");
  }

  /** Lets an object be that many milliseconds older. */
  age(key: string, milliseconds: number): void {
    const path = join(this.objects, key);
    const time = new Date(statSync(path).mtimeMs - milliseconds);
    utimesSync(path, time, time);
  }

  async up(): Promise<void> {
    const { path: program } = findBinary("versitygw");
    ok(program, "versitygw is not here");
    const socket = this.#socketPath;
    // One that was killed leaves its own.
    rmSync(socket, { force: true });
    this.#process = spawn(
      program,
      [
        ...["--port", socket, "--keep-alive", "--quiet"],
        ...["posix", "--sidecar", join(this.#directory.path, "metadata"), join(this.objects, "..")],
      ],
      {
        env: { ...process.env, ROOT_ACCESS_KEY: ACCESS_KEY, ROOT_SECRET_KEY: this.secret },
        stdio: "ignore",
      },
    );
    await eventually(() => answers(socket), { timeout: 60_000 });
  }

  /** As after a crash; connections to its port are still taken, and closed. */
  async down(): Promise<void> {
    const gone = this.#process && once(this.#process, "close");
    this.#process?.kill("SIGKILL");
    await gone;
    this.#process = undefined;
    for (const socket of this.#sockets) socket.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.down();
    this.#relay.close();
    this.#directory[Symbol.dispose]();
  }

  get #socketPath(): string {
    return join(this.#directory.path, "socket");
  }

  #forward(client: Socket): void {
    const server = connect(this.#socketPath);
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.#sockets.add(from);
      from.once("error", () => to.destroy());
      from.once("close", () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      from.pipe(to);
    }
  }
}

async function answers(path: string): Promise<void> {
  const socket = connect(path);
  await once(socket, "connect");
  socket.destroy();
}

/** S3 tells times in whole seconds. Of the server's files, some milliseconds late. */
export async function nextSecond(): Promise<void> {
  const next = Math.floor(Date.now() / 1000) * 1000 + 1050;
  await eventually(() => ok(Date.now() > next));
}
