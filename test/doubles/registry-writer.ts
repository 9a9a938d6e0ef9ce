import { call } from "./connector.ts";
import {
  createApplication,
  markedService,
  openRegistryScene,
  put,
  registered,
  servicesPath,
} from "./registry.ts";
import { sayNow } from "./say-now.ts";

/**
 * A process that registers, changes and removes services of the Application shop without end, many at once, in the
 * data directory of its first argument. It says each step that was answered, and first that it is about to be
 * taken: `{"step":"registered"|"changing"|"changed"|"removing"|"removed","id":…,"version":…}`.
 */
const [directory = "", isFirst] = process.argv.slice(2);
const scene = await openRegistryScene({ directory });
if (isFirst === "first") await createApplication(scene, "shop");
const { origin } = scene;
let next = Date.now();

function say(step: string, id: string, version: number): void {
  sayNow({ step, id, version });
}

async function live(): Promise<void> {
  const name = `service ${next++}`;
  const id = await registered(origin, markedService(name, 0));
  say("registered", id, 0);
  for (let version = 1; version < 4; version++) {
    say("changing", id, version);
    const { status, text } = await put(origin, id, markedService(name, version));
    if (status !== 200) throw new Error(text);
    say("changed", id, version);
  }
  if (next % 2 === 0) return;
  say("removing", id, 3);
  const { status, text } = await call(origin, `${servicesPath()}/${id}`, { method: "DELETE" });
  if (status !== 204) throw new Error(text);
  say("removed", id, 3);
}

async function liveForEver(): Promise<never> {
  for (;;) await live();
}

say("ready", "", 0);
await Promise.all(Array.from({ length: 6 }, liveForEver));
