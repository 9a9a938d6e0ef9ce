import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { test } from "node:test";
import { eventually } from "../doubles/eventually.ts";
import { Relay } from "../doubles/relay.ts";
import { application, ServedInstallation } from "../doubles/served-installation.ts";
import { findBinary } from "../tools/binary.ts";
import { startProgram } from "./appconn-process.ts";

const informers = findBinary("informers");

/** Milliseconds: client-go pauses up to a minute between two tries. */
const PATIENCE = 120_000;

/** A real program over client-go that watches Applications and Secrets as controllers do. */
class Informers implements AsyncDisposable {
  readonly #running;

  constructor(kubeconfig: string) {
    this.#running = startProgram([informers.path ?? ""], { env: { KUBECONFIG: kubeconfig } });
  }

  /** What it said so far. */
  #said(): Record<string, unknown>[] {
    const lines = this.#running.stdout.split("\n").slice(0, -1);
    return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  /** `added Application shop`, in the order in which it saw it. */
  saw(): string[] {
    return this.#said()
      .filter(({ event, name }) => event !== undefined && name !== undefined)
      .map(({ event, kind, name }) => `${String(event)} ${String(kind)} ${String(name)}`);
  }

  async sees(...wanted: readonly string[]): Promise<void> {
    await eventually(
      () => {
        const seen = this.saw();
        for (const one of wanted) assert(seen.includes(one), `${one} of ${seen.join(", ")}`);
      },
      { timeout: PATIENCE },
    );
  }

  isSynced(): Promise<void> {
    return eventually(() => assert(this.#said().some(({ event }) => event === "synced")), {
      timeout: PATIENCE,
    });
  }

  /** How many requests it has sent, by `list` or `watch`, path and status. */
  async requests(): Promise<Readonly<Record<string, number>>> {
    const before = this.#said().filter((line) => "requests" in line).length;
    this.#running.process.stdin.write("\n");
    return await eventually(() => {
      const counted = this.#said().filter((line) => "requests" in line)[before];
      assert(counted);
      return counted["requests"] as Record<string, number>;
    });
  }

  /** How often it has begun with everything that is there. */
  async lists(): Promise<number> {
    const lists = Object.entries(await this.requests()).filter(([what]) =>
      /^(watch-)?list .* 200$/.test(what),
    );
    return lists.reduce((sum, [, count]) => sum + count, 0);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#running.process.kill("SIGKILL");
    await this.#running.ended;
  }
}

/** The installation's kubeconfig with the address of the relay. */
function throughRelay(installation: ServedInstallation, relay: Relay): string {
  const text = readFileSync(installation.kubeconfig, "utf8");
  const path = join(installation.path, "relayed");
  const { port } = installation.address("admin API");
  writeFileSync(path, text.replaceAll(`:${port}`, `:${relay.port}`), { mode: 0o600 });
  return path;
}

/** As ten minutes and ten thousand changes would: all but the last change are forgotten. */
function trimLog(installation: ServedInstallation): void {
  using database = new DatabaseSync(join(installation.data, "store.db"));
  database.exec("DELETE FROM changes WHERE version < (SELECT max(version) FROM changes)");
}

/** More than a client sends that pauses between its tries as it should. */
const HOT = 60;

const secret = (name: string) => ({
  apiVersion: "v1",
  kind: "Secret",
  metadata: { name, namespace: "default" },
});

test(
  "client-go - informers see every change once, across a restart and a log that has forgotten where they were",
  { skip: informers.skip, timeout: 400_000 },
  async () => {
    await using installation = await ServedInstallation.start();
    const port = () => Number(installation.address("admin API").port);
    await using relay = await Relay.start(port());
    const relayed = throughRelay(installation, relay);
    await installation.apply(application("first"), secret("one"));
    await using client = new Informers(relayed);
    await client.isSynced();
    await client.sees("added Application first", "added Secret one");
    await installation.apply(application("first", { description: "changed" }));
    await client.sees("updated Application first");

    // A restart: the watches break, and go on where they were.
    await relay.cut();
    await installation.stop();
    await installation.start();
    await installation.apply(application("second"), secret("two"));
    await relay.open(port());
    await client.sees("added Application second", "added Secret two");
    const before = await client.lists();

    // While they are away, the log forgets what they have not seen: 410, and a new list.
    await relay.cut();
    await installation.apply(application("third"), secret("three"));
    await installation.administer(["delete", "application", "first"]);
    await installation.apply(application("fourth"));
    await installation.stop();
    trimLog(installation);
    await installation.start();
    await relay.open(port());
    await client.sees(
      "added Application third",
      "added Application fourth",
      "added Secret three",
      "deleted Application first",
    );
    assert((await client.lists()) > before, "what is forgotten is listed again");
    const seen = client.saw();
    assert.equal(new Set(seen).size, seen.length, "nothing was seen twice");
    for (const [what, count] of Object.entries(await client.requests())) {
      assert(count < HOT, `${what}: ${count} times`);
    }
  },
);
