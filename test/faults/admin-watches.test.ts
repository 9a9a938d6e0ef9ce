import { deepEqual, equal, match, ok } from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { eventually } from "../doubles/eventually.ts";
import { ServedInstallation } from "../doubles/served-installation.ts";
import { TlsWatch, watchedServer, type WatchedServer } from "../doubles/tls-watch.ts";

const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";
const MEBIBYTE = 1024 * 1024;
const STOPPED = 200;
const LAST_CHUNK = "0\r\n\r\n";

function residentBytes(installation: ServedInstallation): number {
  const { pid } = installation.running.process;
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

function openFiles({ running }: ServedInstallation): number {
  return readdirSync(`/proc/${running.process.pid}/fd`).length;
}

/** Node raises what it begins with to this. */
function mostOpenFiles(): number {
  const limits = readFileSync("/proc/self/limits", "utf8");
  return Number(/^Max open files +\S+ +(\d+) /m.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY);
}

async function create(installation: ServedInstallation, name: string): Promise<string> {
  const response = await installation.admin("POST", CONFIG_MAPS, { body: { metadata: { name } } });
  equal(response.status, 201);
  const { metadata } = (await response.json()) as { metadata: { resourceVersion: string } };
  return metadata.resourceVersion;
}

/** Changes one object again and again, several at a time. */
async function change(installation: ServedInstallation, name: string, count: number): Promise<void> {
  const rest = Array.from({ length: count }, (_, index) => index).values();
  const writer = async () => {
    for (const index of rest) {
      const body = { data: { index: `${index}-`, size: String(index % 10).repeat(60_000) } };
      // oxlint-disable-next-line no-await-in-loop -- one after the other
      const response = await installation.admin("PATCH", `${CONFIG_MAPS}/${name}`, { body });
      equal(response.status, 200);
      // oxlint-disable-next-line no-await-in-loop
      await response.arrayBuffer();
    }
  };
  await Promise.all(Array.from({ length: 8 }, writer));
}

function openAll(server: WatchedServer, path: string, count: number): Promise<TlsWatch[]> {
  return Promise.all(Array.from({ length: count }, () => TlsWatch.open(server, path)));
}

test("watches - readers that stop reading cost little memory, are cut, and begin anew where the log has gone on", async () => {
  await using installation = await ServedInstallation.start();
  const server = watchedServer(installation);
  const version = await create(installation, "large");
  const path = `${CONFIG_MAPS}?watch=true&resourceVersion=${version}`;
  await change(installation, "large", 50);
  using readers = new DisposableStack();
  const stopped = await openAll(server, path, STOPPED);
  for (const watch of stopped) readers.use(watch).stop();
  const reading = readers.use(await TlsWatch.open(server, path));
  const before = residentBytes(installation);
  // More than the log keeps: 128 MiB.
  const changing = change(installation, "large", 2600);
  let most = 0;
  const isOver = changing.then(() => true);
  while (!(await Promise.race([isOver, new Promise<false>((resolve) => setTimeout(resolve, 20, false))]))) {
    most = Math.max(most, residentBytes(installation));
    const response = await installation.admin("GET", "/readyz");
    equal(response.status, 200);
    await response.arrayBuffer();
  }
  // Two hundred of them would have 30 GiB before them.
  ok(most - before < 400 * MEBIBYTE, `${Math.round((most - before) / MEBIBYTE)} MiB more`);

  const last = await create(installation, "last");
  await eventually(() => ok(reading.text.includes('"name":"last"')), { timeout: 30_000 });
  equal(reading.text.includes('"ERROR"'), false, "one that reads misses nothing");
  // A connection that is closed is closed for its reader only when he has read what the system still has for him.
  const onlyOneOpen = /^appconn_admin_watches\{resource="configmaps"\} 1$/m;
  await eventually(async () => match(await installation.metrics(), onlyOneOpen), {
    timeout: 90_000,
    interval: 200,
  });
  for (const watch of stopped) watch.goOn();
  await eventually(() => equal(stopped.filter((watch) => !watch.isClosed).length, 0));
  const complete = stopped.filter(({ text }) => text.endsWith(LAST_CHUNK));
  equal(complete.length, 0, "what was cut is not taken for complete");
  equal(
    stopped.some((watch) => watch.text.includes('"name":"last"')),
    false,
  );

  using again = await TlsWatch.open(server, path);
  await eventually(() => ok(again.isClosed || again.text.endsWith(LAST_CHUNK)));
  match(again.text, /\{"type":"ERROR","object":\{[^\n]*"reason":"Expired","code":410\}\}\n/);
  const exact = await installation.admin(
    "GET",
    `${CONFIG_MAPS}?resourceVersion=${version}&resourceVersionMatch=Exact`,
  );
  deepEqual([exact.status, ((await exact.json()) as { reason: string }).reason], [410, "Expired"]);
  using now = await TlsWatch.open(server, `${CONFIG_MAPS}?watch=true&resourceVersion=${last}`);
  await create(installation, "later");
  await eventually(() => ok(now.text.includes('"name":"later"')));
});

/** Opened at a time. */
const AT_ONCE = 100;

test("watches - of ten thousand those that find room are served, and the others told to come back", async (t) => {
  const [asked, served] = [10_000, 1000];
  // Each is an open file of the server and one of the test.
  if (mostOpenFiles() < asked + 500) return t.skip(`only ${mostOpenFiles()} files may be open`);
  await using installation = await ServedInstallation.start();
  const server = watchedServer(installation);
  const before = residentBytes(installation);
  const path = `${CONFIG_MAPS}?watch=true`;
  const watches: TlsWatch[] = [];
  using open = new DisposableStack();
  while (watches.length < asked) {
    // oxlint-disable-next-line no-await-in-loop -- so many at a time
    for (const watch of await openAll(server, path, AT_ONCE)) watches.push(open.use(watch));
    // oxlint-disable-next-line no-await-in-loop
    const response = await installation.admin("GET", CONFIG_MAPS);
    // oxlint-disable-next-line no-await-in-loop
    await response.arrayBuffer();
    equal(response.status, 200, "other requests are answered meanwhile");
  }
  equal(watches.filter(({ status }) => status === 200).length, served);
  const refused = watches.filter(({ status }) => status === 429);
  equal(refused.length, asked - served);
  for (const { text } of refused) match(text, /\r\nretry-after: 1\r\n/i);
  const [, body = ""] = refused[0]?.text.split("\r\n\r\n") ?? [];
  const { reason, code, message, details } = JSON.parse(body) as Record<string, unknown>;
  deepEqual([reason, code, details], ["TooManyRequests", 429, { retryAfterSeconds: 1 }]);
  match(String(message), /try again/);
  // A connection of TLS takes some tens of KiB, whatever it is for.
  const growth = residentBytes(installation) - before;
  ok(growth < 1500 * MEBIBYTE, `${Math.round(growth / MEBIBYTE)} MiB more`);

  await create(installation, "told");
  await eventually(() => {
    const told = watches.filter(({ text }) => text.includes('"name":"told"'));
    equal(told.length, served);
  });
  open.dispose();
  await eventually(() => ok(openFiles(installation) < 200), { timeout: 30_000 });
  using again = await TlsWatch.open(server, path);
  await eventually(() => ok(again.text.includes('"name":"told"')));
});
