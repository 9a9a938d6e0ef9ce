import assert from "node:assert/strict";
import { Agent as PlainAgent } from "node:http";
import { Agent as TlsAgent } from "node:https";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { apiVersionOf } from "../../src/core/resources/kind.ts";
import { kinds } from "../../src/core/resources/kinds.ts";
import { startAdminServer, type AdminServer } from "../doubles/admin-server.ts";
import { KubeApiServer } from "../doubles/kube-api-server.ts";
import { meantDifferences } from "./random/meant-differences.ts";
import { randomObjects } from "./random/random-bodies.ts";
import { randomSteps, type Step } from "./random/random-step.ts";
import { ServerSide, type Outcome, type Place } from "./random/server-side.ts";

/**
 * Objects of each kind. More of them, and others, find more: `RANDOM_WRITES=2000 RANDOM_SEED=7 node --test …`. The
 * seed is fixed, so that a change that breaks nothing does not fail by what it happens upon.
 */
const RUNS = Number(process.env["RANDOM_WRITES"] ?? 60);
const SEED = Number(process.env["RANDOM_SEED"] ?? 1);

suite("random writes", { skip: KubeApiServer.skip }, () => {
  const agents = [new TlsAgent({ keepAlive: true }), new PlainAgent({ keepAlive: true })] as const;
  let cluster: KubeApiServer;
  let home: AdminServer;
  before(async () => {
    [cluster, home] = await Promise.all([KubeApiServer.start(), startAdminServer()]);
    const crds = join(import.meta.dirname, "../../deploy/crds");
    await cluster.kubectl(["apply", "-f", crds]);
    await cluster.kubectl(["wait", "--for=condition=Established", "--timeout=60s", "-f", crds]);
  });
  after(async () => {
    for (const agent of agents) agent.destroy();
    await cluster[Symbol.asyncDispose]();
    await home[Symbol.asyncDispose]();
    assert.deepEqual(home.surprises, []);
  });

  /** Takes the steps on both servers, until they go apart on purpose. */
  async function assertAlike(steps: readonly Step[], place: Place): Promise<void> {
    const plain = { origin: home.origin.replace("https:", "http:"), token: home.token };
    const there = new ServerSide(cluster, agents[0], place);
    const here = new ServerSide(plain, agents[1], place);
    for (const step of steps) {
      // eslint-disable-next-line no-await-in-loop -- each step rests on the one before
      const [theirs, ours] = await Promise.all([there.take(step), here.take(step)]);
      if (meantDifferences.some(({ fits }) => fits(step, theirs, ours))) {
        if (!isDeepStrictEqual(theirs.object, ours.object)) return;
      } else assert.deepEqual(compared(ours), compared(theirs), JSON.stringify(step));
    }
  }

  for (const [plural, object] of Object.entries(randomObjects)) {
    test(`random writes - what becomes of ${plural}, and who wrote which field, is what it is in a cluster`, async () => {
      const kind = kinds.find((one) => one.plural === plural);
      assert(kind);
      const apiVersion = apiVersionOf(kind);
      const root = `/${kind.group === "" ? "api" : "apis"}/${apiVersion}`;
      const path = `${root}${kind.scope === "Cluster" ? "" : "/namespaces/default"}/${plural}`;
      let count = 0;
      await fc.assert(
        fc.asyncProperty(randomSteps(object), async (steps) => {
          await assertAlike(steps, { path, apiVersion, kind: kind.kind, name: `random-${count++}` });
        }),
        { numRuns: RUNS, seed: SEED },
      );
    });
  }
});

/** The texts of conflicts as well; those of other refusals are their causes, or in a parser's words. */
function compared({ message, ...outcome }: Outcome): object {
  return outcome.status === 409 ? { ...outcome, message } : outcome;
}
