import { equal, ok } from "node:assert/strict";
import { randomInt } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { test } from "node:test";
import { eventually } from "../doubles/eventually.ts";
import { LineProcess } from "../doubles/line-process.ts";
import {
  applicationOf,
  keptObjects,
  markedService,
  openRegistryScene,
  send,
  servicesPath,
} from "../doubles/registry.ts";
import { TemporaryDirectory } from "../doubles/temporary-directory.ts";

const ROUNDS = 6;
const WRITER = new URL("../doubles/keyed-writer.ts", import.meta.url);

interface Said {
  readonly name: string;
  readonly id?: string;
}

/** What the process was about to register, with the ids that it heard before it was killed. */
async function killedSomewhere(directory: string, round: number): Promise<ReadonlyMap<string, Said>> {
  await using writer = new LineProcess(WRITER, [directory, round === 0 ? "first" : "again"]);
  await eventually(() => ok(writer.lines.length > 6, writer.errors), { timeout: 60_000 });
  // Any moment will do: what is written then, nobody knows.
  await pause(randomInt(0, 250));
  await writer.kill();
  return new Map(writer.lines.map((line) => JSON.parse(line) as Said).map((said) => [said.name, said]));
}

test("registry - after kill -9 a registration that is repeated with its key makes no second service", async () => {
  using directory = new TemporaryDirectory();
  for (let round = 0; round < ROUNDS; round++) {
    const said = await killedSomewhere(directory.path, round);
    await using scene = await openRegistryScene({ directory: directory.path });
    ok(
      [...said.values()].some(({ id }) => id === undefined),
      "the kill met registrations under way",
    );
    for (const { name, id } of said.values()) {
      const headers = { "Idempotency-Key": name };
      const sent = { method: "POST", headers };
      const { status, text } = await send(scene.origin, servicesPath(), sent, markedService(name, 0));
      equal(status, 200, text);
      if (id !== undefined) equal(text, `{"id":"${id}"}\n`, "what was answered is answered again");
    }
    const services = (await applicationOf(scene.store)).spec?.services ?? [];
    const names = services.map(({ displayName }) => displayName);
    equal(new Set(names).size, names.length, "none is there twice");
    for (const name of said.keys()) ok(names.includes(name));
    equal(
      (await keptObjects(scene.store)).accessServices.length,
      services.length,
      "nothing is left of another",
    );
  }
});
