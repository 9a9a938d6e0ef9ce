import type { TestContext } from "node:test";
import { systemClock, type Clock } from "../../src/core/clock.ts";
import {
  applicationKind,
  type Application,
  type ApplicationService,
} from "../../src/core/resources/application.ts";
import { secretKind, type Secret } from "../../src/core/resources/secret.ts";
import { serviceKind, type Service } from "../../src/core/resources/service.ts";
import { documentsSettings } from "../../src/documents/options.ts";
import { startDocuments, type Documents } from "../../src/documents/start.ts";
import { registrySettings, type RegistryOptions } from "../../src/registry/options.ts";
import { startRegistry, type Registry } from "../../src/registry/start.ts";
import { openFileBlobStore } from "../../src/stores/sqlite/file-blob-store.ts";
import { openSqliteStore } from "../../src/stores/sqlite/open-sqlite-store.ts";
import type { Store } from "../../src/stores/store.ts";
import { call, type Got, type Sent } from "./connector.ts";
import { openOutbound } from "./outbound.ts";
import { defaultsOf } from "./setting-defaults.ts";
import { TemporaryDirectory } from "./temporary-directory.ts";

/** Where the registry of a scene keeps Secrets and Access Services. */
export const NAMESPACE = "kyma-system";

export interface RegistryScene {
  readonly store: Store;
  readonly documents: Documents;
  readonly registry: Registry;
  readonly origin: string;
  readonly warnings: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[];
}

export interface RegistrySceneOptions {
  readonly options?: Partial<RegistryOptions>;
  readonly clock?: Clock;
  /** Replaces parts of the store. */
  readonly store?: (store: Store) => Store;
  readonly credentialsNamespace?: string;
  /** A data directory that outlives the scene. */
  readonly directory?: string;
}

/** Store, documents and registry in this process, with a listener of its own; the Application shop is there. */
export async function openRegistryScene({
  options = {},
  clock = systemClock,
  store: ofStore = (store) => store,
  directory: given,
  credentialsNamespace = NAMESPACE,
}: RegistrySceneOptions = {}): Promise<RegistryScene & AsyncDisposable> {
  await using stack = new AsyncDisposableStack();
  const directory = given ?? stack.use(new TemporaryDirectory()).path;
  const store = ofStore(stack.use(await openSqliteStore({ directory, clock })));
  const blobs = stack.use(await openFileBlobStore({ directory, clock }));
  const { connections, policy } = stack.use(await openOutbound());
  const warnings: { message: string; fields: Readonly<Record<string, unknown>> }[] = [];
  const warn = (message: string, fields: Readonly<Record<string, unknown>>) =>
    warnings.push({ message, fields });
  const documents = stack.use(
    await startDocuments({
      store,
      blobs,
      clock,
      options: defaultsOf(documentsSettings),
      origin: () => "http://documents.example",
      authorise: () => false,
      warn,
    }),
  );
  const registry = stack.use(
    await startRegistry({
      options: { ...defaultsOf(registrySettings), port: 0, ...options },
      store,
      documents,
      credentialsNamespace,
      gatewayUrl: "http://localhost:8080",
      proxyPort: 8080,
      connections,
      policy,
      listens: true,
      clock,
      warn,
    }),
  );
  const running = stack.move();
  return {
    store,
    documents,
    registry,
    origin: registry.origin ?? "",
    warnings,
    [Symbol.asyncDispose]: () => running.disposeAsync(),
  };
}

/** The same for the length of a test, with the Application shop. */
export async function registryScene(
  context: TestContext,
  given?: RegistrySceneOptions,
): Promise<RegistryScene> {
  const scene = await openRegistryScene(given);
  context.after(() => scene[Symbol.asyncDispose]());
  await createApplication(scene, "shop");
  return scene;
}

/** Resolves when the registry knows of it too. */
export async function createApplication(
  { store, origin }: Pick<RegistryScene, "store" | "origin">,
  name: string,
  services: readonly ApplicationService[] = [],
): Promise<void> {
  await store
    .collection<Application>(applicationKind)
    .create({ metadata: { name }, spec: { services: [...services] } });
  while ((await call(origin, `/${name}/v1/metadata/services`)).status !== 200);
}

export const servicesPath = (application = "shop") => `/${application}/v1/metadata/services`;

export function post(origin: string, body: unknown, application = "shop"): Promise<Got> {
  return send(origin, servicesPath(application), { method: "POST" }, body);
}

export function put(origin: string, id: string, body: unknown, headers: Sent["headers"] = {}): Promise<Got> {
  return send(origin, `${servicesPath()}/${id}`, { method: "PUT", headers }, body);
}

/** A body that is no text already is sent as JSON. */
export function send(origin: string, path: string, sent: Sent, body: unknown): Promise<Got> {
  return call(origin, path, { ...sent, body: typeof body === "string" ? body : JSON.stringify(body) });
}

/** The id of a service that must have been registered. */
export async function registered(origin: string, body: unknown, application?: string): Promise<string> {
  const answer = await post(origin, body, application);
  if (answer.status !== 200) throw new Error(answer.text);
  return (JSON.parse(answer.text) as { id: string }).id;
}

/** A service with all that a service can have. */
export function fullService(more: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    provider: "Acme",
    name: "Orders API",
    description: "All about orders",
    shortDescription: "Orders",
    labels: { team: "shop" },
    api: {
      targetUrl: "https://orders.acme.example/v2",
      spec: { swagger: "2.0", info: { title: "o", version: "1" }, paths: {} },
      requestParameters: { headers: { "X-Tenant": ["7"] }, queryParameters: { lang: ["en"] } },
      credentials: { basic: { username: "anna", password: "geheim" } },
    },
    events: { spec: { asyncapi: "2.0.0", info: { title: "o", version: "1" }, channels: {} } },
    documentation: { displayName: "Docs", description: "d", type: "html" },
    ...more,
  };
}

/** The smallest that is accepted. */
export function plainService(
  name: string,
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  return { provider: "Acme", name, description: name, events: { spec: null }, ...more };
}

/** Everything that is kept of services beside Applications. */
export async function keptObjects(store: Store): Promise<{
  readonly secrets: readonly Secret[];
  readonly accessServices: readonly Service[];
}> {
  const secrets = await store.collection<Secret>(secretKind).list({ namespace: NAMESPACE });
  const services = await store.collection<Service>(serviceKind).list({ namespace: NAMESPACE });
  return { secrets: secrets.items, accessServices: services.items };
}

export async function applicationOf(store: Store, name = "shop"): Promise<Application> {
  const found = await store.collection<Application>(applicationKind).get({ name });
  if (!found) throw new Error(`there is no ${name}`);
  return found;
}

/** A service that says in each of its parts which version of it this is; odd ones have other credentials. */
export function markedService(name: string, version: number): Record<string, unknown> {
  const mark = `v${version}`;
  const credentials =
    version % 2 === 0
      ? { basic: { username: mark, password: mark } }
      : { oauth: { url: "https://idp.example/token", clientId: mark, clientSecret: mark } };
  return {
    provider: "Acme",
    name,
    description: mark,
    labels: { mark },
    api: {
      targetUrl: `https://target.example/${mark}`,
      spec: { openapi: "3.0.0", info: { title: mark, version: "1" }, paths: {} },
      credentials,
      // In some versions there is no Secret for them.
      ...(version === 2 ? {} : { requestParameters: { headers: { mark: [mark] } } }),
    },
    documentation: { displayName: mark, description: mark, type: "t" },
  };
}
