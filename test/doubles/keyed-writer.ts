import { createApplication, markedService, openRegistryScene, send, servicesPath } from "./registry.ts";
import { sayNow } from "./say-now.ts";

/**
 * A process that registers services of the Application shop without end, many at once, each with its name as
 * Idempotency-Key, in the data directory of its first argument. It says which one it is about to register, and the id
 * once it has that: `{"name":…,"id":…}`.
 */
const [directory = "", isFirst] = process.argv.slice(2);
const scene = await openRegistryScene({ directory });
if (isFirst === "first") await createApplication(scene, "shop");
let next = Date.now();

function say(name: string, id?: string): void {
  sayNow({ name, id });
}

async function registerForEver(): Promise<never> {
  for (;;) {
    const name = `service-${next++}`;
    say(name);
    const headers = { "Idempotency-Key": name };
    const body = markedService(name, 0);
    const { status, text } = await send(scene.origin, servicesPath(), { method: "POST", headers }, body);
    if (status !== 200) throw new Error(text);
    say(name, (JSON.parse(text) as { id: string }).id);
  }
}

await Promise.all(Array.from({ length: 6 }, registerForEver));
