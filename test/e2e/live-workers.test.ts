import assert from "node:assert/strict";
import { after, before, suite, test } from "node:test";
import { eventually } from "../doubles/eventually.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";
import { startTarget, type Target } from "../doubles/target.ts";
import { appconn, appconnPath, startProgram } from "./appconn-process.ts";

const VERSION = "applicationconnector.kyma-project.io/v1alpha1";

/** What is seen of two processes that serve the calls. */
suite("live with workers", () => {
  let target: Target;
  let served: ServedInstallation;

  before(async () => {
    target = await startTarget(async (request) => {
      await request.body;
      await request.respond(request.path.includes("fails") ? 500 : 200, {}, "answer");
    });
    served = await ServedInstallation.start(["--workers=2"]);
    const entry = { type: "API", name: "rest", targetUrl: target.url };
    const service = { id: "1", name: "orders", displayName: "Orders API", description: "-" };
    await served.apply({
      apiVersion: VERSION,
      kind: "Application",
      metadata: { name: "shop", annotations: { "appconn.dev/circuit-breaker": "3/1h" } },
      spec: { services: [{ ...service, providerDisplayName: "-", entries: [entry] }] },
    });
    await eventually(async () => assert.equal(await call("ok"), 200));
  });
  after(async () => {
    await served[Symbol.asyncDispose]();
    await target[Symbol.asyncDispose]();
  });

  /** Over a connection of its own, so that each worker gets some. */
  async function call(path: string): Promise<number> {
    const url = new URL(`/shop/orders-api/${path}`, served.address("gateway"));
    const answer = await fetch(url, { headers: { connection: "close" } });
    await answer.text();
    return answer.status;
  }

  const workersThatCalled = (text: string): number =>
    [...text.matchAll(/^appconn_worker_calls_total\{worker="\d"\} [1-9]/gm)].length;

  test("top adds up what they serve, logs shows the lines of both, and both are told only while somebody watches", async () => {
    const logs = startProgram([process.execPath, appconnPath, "logs", "-f", "--data-dir", served.data]);
    await eventually(
      async () => {
        await call("begins");
        assert.match(logs.stdout, /begins/);
      },
      { timeout: 30_000 },
    );
    const top = startProgram([
      process.execPath,
      appconnPath,
      "top",
      "--interval",
      "1s",
      "--data-dir",
      served.data,
    ]);
    await eventually(() => assert.match(top.stdout, /"calls":/), { timeout: 30_000 });
    await Promise.all(Array.from({ length: 40 }, (_, number) => call(`counted/${number}`)));
    await eventually(
      () => {
        const lines = logs.stdout.split("\n").filter((line) => line.includes("/counted/"));
        assert.equal(new Set(lines.map((line) => (JSON.parse(line) as { path: string }).path)).size, 40);
        assert.equal(lines.length, 40);
        const seen = top.stdout
          .split("\n")
          .slice(0, -1)
          .flatMap((line) => (JSON.parse(line) as { calls: { calls: number }[] }).calls)
          .reduce((sum, row) => sum + row.calls, 0);
        assert.ok(seen >= 40, `${seen} of 40 calls were seen`);
      },
      { timeout: 30_000 },
    );
    for (const running of [top, logs]) {
      running.process.kill();
      await running.ended;
    }
    assert.equal(workersThatCalled(await served.metrics()), 2);
  });

  test("an open breaker, refusals by reason and the store are in the metrics of all", async () => {
    await eventually(
      async () => {
        await call("fails");
        const text = await served.metrics();
        assert.match(text, /application_gateway_breaker_open\{application="shop"[^}]*\} 1\n/);
        assert.match(
          text,
          /application_gateway_refusals_total\{application="shop",failure="GATEWAY_CIRCUIT_OPEN"\} [1-9]/,
        );
        assert.match(text, /appconn_store_writes_total [1-9]/);
      },
      { timeout: 30_000 },
    );
    const once = await appconn(["top", "--once", "--interval", "1s", "--data-dir", served.data]);
    assert.equal(once.code, 0, once.stderr);
    assert.match(
      await served.metrics(),
      /application_gateway_breaker_openings_total\{application="shop"[^}]*\} 1\n/,
    );
  });
});
