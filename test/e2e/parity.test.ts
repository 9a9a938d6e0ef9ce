import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, suite, test } from "node:test";
import { kinds } from "../../src/core/resources/kinds.ts";
import { structuralSchema } from "../../src/core/resources/structural-schema.ts";
import { startAdminServer, type AdminServer } from "../doubles/admin-server.ts";
import { KubeApiServer } from "../doubles/kube-api-server.ts";
import { acceptedTypes } from "./parity/accepted-types.ts";
import { applies } from "./parity/applies.ts";
import type { ComparedAnswer, ComparedRequest } from "./parity/compared-request.ts";
import { EVENTS, events, keptEvents } from "./parity/events.ts";
import { parameters } from "./parity/parameters.ts";
import { patches } from "./parity/patches.ts";
import { present } from "./parity/places.ts";
import { getJson, send, type ComparedServer } from "./parity/send.ts";
import { sentTypes } from "./parity/sent-types.ts";

const custom = kinds.filter((kind) => kind.custom);
const crds = join(import.meta.dirname, "../../deploy/crds");

suite("parity with a cluster", { skip: KubeApiServer.skip }, () => {
  let cluster: KubeApiServer;
  let home: AdminServer;
  before(async () => {
    [cluster, home] = await Promise.all([KubeApiServer.start(), startAdminServer()]);
    await cluster.kubectl(["apply", "-f", crds]);
    await cluster.kubectl(["wait", "--for=condition=Established", "--timeout=60s", "-f", crds]);
    for (const [path, body] of present) {
      for (const server of [cluster, plain(home)]) {
        // eslint-disable-next-line no-await-in-loop -- one after the other
        const { status, message } = await send(server, { path, body });
        assert.equal(status, 201, message);
      }
    }
  });
  after(async () => {
    await cluster[Symbol.asyncDispose]();
    await home[Symbol.asyncDispose]();
    assert.deepEqual(home.surprises, []);
  });

  /** One line for each thing in which the answers differ without being meant to, or are alike without being so. */
  async function differences(requests: readonly ComparedRequest[]): Promise<string[]> {
    const found: string[] = [];
    for (const request of requests) {
      // eslint-disable-next-line no-await-in-loop -- writes change what the next one meets
      const [theirs, ours] = await Promise.all([send(cluster, request), send(plain(home), request)]);
      const wanted = { ...theirs, ...request.ours?.answer };
      const lines = differing(wanted, ours);
      if (request.ours && differing(theirs, wanted).length === 0) lines.push("is no difference any more");
      found.push(...lines.map((line) => `${name(request)} ${line}`));
    }
    return found;
  }

  test("parity - discovery says of our kinds what it says in a cluster, plain and aggregated", async () => {
    for (const path of new Set(custom.map(({ group, version }) => `/apis/${group}/${version}`))) {
      const [theirs, ours] = await Promise.all([getJson(cluster, path), getJson(plain(home), path)]);
      assert.deepEqual(resources(ours), resources(theirs), path);
    }
    const accept = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
    const groups = new Set(custom.map(({ group }) => group));
    const lists = await Promise.all([
      getJson(cluster, "/apis", { accept }),
      getJson(plain(home), "/apis", { accept }),
    ]);
    const shown = lists.map((list) =>
      (list["items"] as Discovered[])
        .filter(({ metadata }) => groups.has(metadata.name ?? ""))
        .map((item) => normalised({ name: item.metadata.name, versions: item.versions }))
        .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1)),
    );
    assert.deepEqual(shown[1], shown[0]);
  });

  test("parity - kubectl explains our kinds in the same words in both homes", async () => {
    const env = { KUBECONFIG: home.kubeconfig };
    for (const { group, version, singular, schema } of custom) {
      for (const field of Object.keys(structuralSchema(schema).properties ?? {})) {
        const words = ["explain", `${singular}.${field}`, "--recursive", `--api-version=${group}/${version}`];
        const [theirs, ours] = await Promise.all([cluster.kubectl(words), cluster.kubectl(words, { env })]);
        assert.equal(ours.output, theirs.output);
        assert.equal(ours.code, 0, ours.output);
      }
    }
  });

  const compared = { acceptedTypes, sentTypes, parameters, events, patches, applies };
  for (const [what, requests] of Object.entries(compared)) {
    test(`parity - ${what}: what is answered here is what a cluster answers`, async () => {
      assert.deepEqual(await differences(requests), []);
    });
  }

  test("parity - an Event is kept, and shown in a table, as in a cluster", async () => {
    for (const body of keptEvents) {
      // eslint-disable-next-line no-await-in-loop -- one after the other
      const [theirs, ours] = await Promise.all([
        send(cluster, { path: EVENTS, body }),
        send(plain(home), { path: EVENTS, body }),
      ]);
      assert.deepEqual([ours.status, theirs.status], [201, 201], JSON.stringify(body));
    }
    const accept = "application/json;as=Table;v=v1;g=meta.k8s.io";
    const [theirs, ours] = await Promise.all(
      [cluster, plain(home)].map(async (server) => {
        const kept = `${EVENTS}?labelSelector=set%3Dkept`;
        const list = (await getJson(server, kept)) as { items: Record<string, unknown>[] };
        const { columnDefinitions, rows } = (await getJson(server, kept, {
          accept,
        })) as unknown as ShownTable;
        return {
          items: list.items.map(
            ({ metadata: _metadata, apiVersion: _version, kind: _kind, ...rest }) => rest,
          ),
          columns: columnDefinitions.map(({ description: _description, ...rest }) => normalised(rest)),
          cells: rows.map(({ cells }) => cells),
        };
      }),
    );
    assert.deepEqual(ours, theirs);
  });
});

interface ShownTable {
  readonly columnDefinitions: readonly Record<string, unknown>[];
  readonly rows: readonly { readonly cells: readonly unknown[] }[];
}

interface Discovered {
  readonly metadata: { readonly name?: string };
  readonly versions: unknown;
}

/** An APIResourceList without what only a cluster says of how it stores objects. */
function resources(list: Record<string, unknown>): unknown[] {
  const all = list["resources"] as Record<string, unknown>[];
  return all
    .map(({ storageVersionHash: _hash, ...rest }) => normalised(rest))
    .toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

/** With the keys and the verbs in one order, as clients do not care about it. */
function normalised(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(normalised).toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
  }
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, inner]): [string, unknown] => [key, normalised(inner)]);
  return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

/** The same port takes plain HTTP on the loopback. */
function plain({ origin, token }: ComparedServer): ComparedServer {
  return { origin: origin.replace("https:", "http:"), token };
}

function differing(wanted: ComparedAnswer, ours: ComparedAnswer): string[] {
  return (Object.keys(wanted) as (keyof ComparedAnswer)[]).flatMap((key) => {
    const [there, here] = [wanted[key], ours[key]].map((value) => JSON.stringify(value));
    return there === here ? [] : [`${key}: there ${there}, here ${here}`];
  });
}

function name({ method = "", path, headers = {}, body }: ComparedRequest): string {
  const said = Object.entries(headers).map(([key, value]) => `${key}: ${value}`);
  return [method, path, ...said, body === undefined ? "" : JSON.stringify(body).slice(0, 200)].join(" ");
}
