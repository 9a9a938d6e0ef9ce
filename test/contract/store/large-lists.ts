import { test } from "node:test";
import { deepEqual, equal, ok } from "node:assert/strict";
import fc from "fast-check";
import {
  applicationKind,
  type Application,
  type ApplicationService,
} from "../../../src/core/resources/application.ts";
import type { ChangeText } from "../../../src/stores/store.ts";
import { WatchModel } from "../../doubles/watch-model.ts";
import { failureOf, refOf, WatchReader, type Subject, type Subjects } from "./subject.ts";

/** Enough for a home that keeps the items of large lists one by one. */
const MANY = 40;

function service(number: number, description = "x".repeat(200)): ApplicationService {
  return {
    id: `id-${number}`,
    name: `service-${number}`,
    displayName: `Service ${number}`,
    providerDisplayName: "Provider",
    description,
    entries: [{ type: "API", name: "api", targetUrl: `https://target.example/${number}` }],
  };
}

function services(count: number): ApplicationService[] {
  return Array.from({ length: count }, (_, index) => service(index));
}

function withServices(application: Application, list: readonly ApplicationService[]): Application {
  return { ...application, spec: { ...application.spec, services: [...list] } };
}

const servicesOf = ({ spec }: Application) => spec?.services ?? [];
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

/** Changes of a list of services, and of what stands beside it. */
const change = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constant("append" as const), count: fc.integer({ min: 1, max: 3 }) }),
  },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("replace" as const), at: fc.nat() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant("remove" as const), at: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("insert" as const), at: fc.nat() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("describe" as const), text: fc.string() }) },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant("label" as const), value: fc.integer({ min: 0, max: 9 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("reverse" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("none" as const) }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant("clear" as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("patch" as const), text: fc.string() }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant("read" as const) }) },
);
type ListChange = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

let numbers = 1000;

function changedList(list: readonly ApplicationService[], step: ListChange): ApplicationService[] {
  const at = "at" in step && list.length > 0 ? step.at % list.length : 0;
  switch (step.do) {
    case "append":
      return [...list, ...Array.from({ length: step.count }, () => service(++numbers))];
    case "replace":
      return list.toSpliced(at, 1, service(++numbers, 'a } brace, a ] bracket, a "quote" and ü'));
    case "remove":
      return list.toSpliced(at, 1);
    case "insert":
      return list.toSpliced(at, 0, service(++numbers), service(++numbers));
    case "reverse":
      return list.toReversed();
    case "clear":
      return [];
    default:
      return [...list];
  }
}

function changed(application: Application, step: ListChange): Application {
  const next = withServices(application, changedList(servicesOf(application), step));
  if (step.do === "describe") return { ...next, spec: { ...next.spec, description: step.text } };
  if (step.do !== "label") return next;
  return { ...next, metadata: { ...next.metadata, labels: { number: String(step.value) } } };
}

async function apply(
  { applications }: Subject,
  application: Application,
  step: ListChange,
): Promise<Application> {
  if (step.do === "read") return (await applications.get(refOf(application))) ?? application;
  if (step.do === "patch") {
    return await applications.patch(refOf(application), {
      type: "merge",
      value: { spec: { group: step.text } },
    });
  }
  const next = changed(application, step);
  const written = await applications.update(next);
  deepEqual(plain(servicesOf(written)), plain(servicesOf(next)));
  return written;
}

/** What the watch has told when it has come to that version. */
async function toldUntil(watch: WatchReader<Application>, model: WatchModel, version: string): Promise<void> {
  for (;;) {
    const told = await watch.next();
    model.apply(told);
    if ("object" in told && told.object.metadata.resourceVersion === version) return;
  }
}

export function largeListContract(name: string, subjects: Subjects): void {
  test(`${name} store - whatever is changed in a list of many items is what readers and watchers get`, async () => {
    const subject = subjects();
    const { applications } = subject;
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 5, maxLength: 25 }), async (steps) => {
        let current = await subject.application({ services: services(MANY) });
        const selector = {
          fields: [{ field: "metadata.name", operator: "=", value: current.metadata.name }],
        } as const;
        await using watch = new WatchReader(applications, selector);
        const model = new WatchModel();
        for (const told of await watch.untilSynced()) model.apply(told);
        const { resourceVersion } = await applications.list(selector);
        const known = { items: [current], resourceVersion };
        for (const step of steps) {
          const before = current;
          current = await apply(subject, current, step);
          const isChanged = current.metadata.resourceVersion !== before.metadata.resourceVersion;
          const isCounted = isChanged && step.do !== "label";
          equal(current.metadata.generation, (before.metadata.generation ?? 0) + (isCounted ? 1 : 0));
        }
        const stored = await applications.get(refOf(current));
        deepEqual(plain(current), stored);
        deepEqual((await applications.list(selector)).items, [stored]);
        const last = { ...current, spec: { ...current.spec, tenant: "last" } };
        const { metadata } = await applications.update(last);
        await toldUntil(watch, model, metadata.resourceVersion);
        deepEqual(plain(model.objects), [await applications.get(refOf(current))]);
        await using later = new WatchReader(applications, selector, { resourceVersion });
        const replayed = new WatchModel(known);
        await toldUntil(later, replayed, metadata.resourceVersion);
        deepEqual(plain(replayed.objects), plain(model.objects));
      }),
      { numRuns: 40 },
    );
  });

  test(`${name} store - a watch of texts is told of an object with many items as a whole, whatever changes of it`, async () => {
    const { application, applications, store } = subjects();
    const shown = store.collection(applicationKind, { managedFields: true });
    const first = await application({ services: services(MANY) });
    const fields = [{ field: "metadata.name", operator: "=", value: first.metadata.name } as const];
    const abort = new AbortController();
    const { resourceVersion } = first.metadata;
    const watch = shown.watchText({ fields }, { resourceVersion, signal: abort.signal });
    const lists = watch[Symbol.asyncIterator]();
    // What a home need not write whole is what it has told somebody of.
    await using objects = new WatchReader(applications, { fields });
    await objects.untilSynced();
    let current = first;
    for (const step of [
      { do: "append", count: 1 },
      { do: "replace", at: 5 },
      { do: "label", value: 1 },
      { do: "remove", at: 3 },
    ] as const) {
      current = await apply(subjects(), current, step);
      const { value = [] } = (await lists.next()) as IteratorResult<readonly ChangeText[], undefined>;
      const [told] = value;
      ok(told && "text" in told && value.length === 1);
      equal(told.resourceVersion, current.metadata.resourceVersion);
      deepEqual(JSON.parse(told.text), plain(await shown.get(refOf(current))));
    }
    abort.abort();
  });

  test(`${name} store - a change of one of many items that rests on an older version is a conflict`, async () => {
    const { application, applications } = subjects();
    const first = await application({ services: services(MANY) });
    const second = await applications.update(withServices(first, [...servicesOf(first), service(100)]));
    await failureOf(applications.update(withServices(first, servicesOf(first).slice(1))), "STORE_CONFLICT");
    deepEqual(await applications.get(refOf(first)), plain(second));
  });

  test(`${name} store - an item that is wrong is refused, and one that says too much is pruned, among many`, async () => {
    const { application, applications } = subjects();
    const first = await application({ services: services(MANY) });
    const { displayName: _missing, ...wrong } = service(100);
    const failure = await failureOf(
      applications.update(withServices(first, [...servicesOf(first), wrong as ApplicationService])),
      "STORE_INVALID",
    );
    deepEqual(
      failure.causes.map(({ field, reason }) => [field, reason]),
      [[`spec.services[${MANY}].displayName`, "FieldValueRequired"]],
    );
    const talkative = { ...service(100), unknown: 1 } as ApplicationService;
    const written = await applications.update(withServices(first, [...servicesOf(first), talkative]));
    deepEqual(plain(servicesOf(written).at(-1)), plain(service(100)));
    deepEqual(await applications.get(refOf(first)), plain(written));
  });

  test(`${name} store - an object with many items is deleted with all of them, and may be made again`, async () => {
    const { application, applications } = subjects();
    const first = await application({ services: services(MANY) });
    const second = await applications.update(withServices(first, [...servicesOf(first), service(100)]));
    const { last } = await applications.remove(refOf(first));
    deepEqual(servicesOf(last), plain(servicesOf(second)));
    const again = await applications.create({
      metadata: { name: first.metadata.name },
      spec: { services: [] },
    });
    deepEqual(servicesOf(again), []);
    const grown = await applications.update(withServices(again, services(2 * MANY)));
    equal(servicesOf(grown).length, 2 * MANY);
  });
}
