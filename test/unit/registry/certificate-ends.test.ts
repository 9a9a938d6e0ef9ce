import { deepEqual, equal, match, ok } from "node:assert/strict";
import { test } from "node:test";
import { serviceCertificates, type ServiceCertificate } from "../../../src/telemetry/channels.ts";
import { call } from "../../doubles/connector.ts";
import { eventually } from "../../doubles/eventually.ts";
import {
  createApplication,
  fullService,
  openRegistryScene,
  plainService,
  registered,
  servicesPath,
} from "../../doubles/registry.ts";
import { FakeClock } from "../../doubles/fake-clock.ts";
import { noticedLines } from "../../doubles/noticed.ts";
import { TemporaryDirectory } from "../../doubles/temporary-directory.ts";

interface Told {
  readonly certificates: readonly ServiceCertificate[];
  readonly areAll: boolean;
}

const YEAR = 365 * 86_400_000;

test("ends of certificates - those that were generated are told at the start and at a rotation", async (context) => {
  using directory = new TemporaryDirectory();
  const told: Told[] = [];
  const hear = (ends: Told) => void told.push(ends);
  serviceCertificates.subscribe(hear);
  context.after(() => serviceCertificates.unsubscribe(hear));
  const opened = () => openRegistryScene({ directory: directory.path });
  let id = "";
  const begun = Date.now();
  {
    await using scene = await opened();
    await createApplication(scene, "shop");
    const credentials = { certificateGen: { commonName: "orders" } };
    id = await registered(
      scene.origin,
      fullService({ api: { targetUrl: "https://a.example", credentials } }),
    );
    await registered(scene.origin, plainService("plain"));
    const basic = { basic: { username: "anna", password: "secret" } };
    const api = { targetUrl: "https://a.example", credentials: basic };
    await registered(scene.origin, plainService("basic", { api }));
    await eventually(() => deepEqual(told, [{ certificates: [], areAll: true }]));
  }
  told.length = 0;
  await using scene = await opened();
  await eventually(() => equal(told.length, 1));
  const [first] = told[0]?.certificates ?? [];
  deepEqual(told, [
    { certificates: [{ application: "shop", service: id, notAfter: first?.notAfter }], areAll: true },
  ]);
  // Certificates tell times in seconds.
  ok((first?.notAfter ?? 0) >= begun + YEAR - 1000 && (first?.notAfter ?? 0) <= Date.now() + YEAR);
  const path = `${servicesPath()}/${id}/certificate/rotate`;
  equal((await call(scene.origin, path, { method: "POST" })).status, 200);
  deepEqual(
    told.slice(1).map(({ certificates, areAll }) => [certificates.map(({ service }) => service), areAll]),
    [[[id], false]],
  );
});

test("ends of certificates - one that ends soon is told to its Application at each look", async (context) => {
  using directory = new TemporaryDirectory();
  const lines = noticedLines(context);
  const clock = new FakeClock(Date.now());
  await using scene = await openRegistryScene({ directory: directory.path, clock });
  await createApplication(scene, "shop");
  const credentials = { certificateGen: { commonName: "orders" } };
  const id = await registered(
    scene.origin,
    fullService({ api: { targetUrl: "https://a.example", credentials } }),
  );
  await clock.advance(3_600_000);
  clock.jump(0.9 * YEAR);
  for (const count of [1, 2]) {
    // eslint-disable-next-line no-await-in-loop -- one look after the other
    await clock.advance(3_600_000);
    // eslint-disable-next-line no-await-in-loop
    await eventually(() => equal(lines.length, count));
  }
  for (const line of lines) {
    match(
      line,
      /^Application\/shop ServiceCertificateEnding: service \S+: the certificate that was .* ends 20/,
    );
    ok(line.includes(id));
  }
});
