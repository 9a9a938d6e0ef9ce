import { equal, ok } from "node:assert/strict";
import { connect } from "node:tls";
import { pair, send, type Identity } from "./external-system.ts";
import { eventually } from "./eventually.ts";
import { startIdentityProvider, type IdentityProvider } from "./identity-provider.ts";
import { ServedInstallation } from "./served-installation.ts";
import { startTarget, type Target } from "./target.ts";
import { openUpgrade, type UpgradeCaller } from "./upgrade-caller.ts";
import { UpgradeTarget } from "./upgrade-target.ts";

const VERSION = "applicationconnector.kyma-project.io/v1alpha1";
const APPLICATIONS = `/apis/${VERSION}/applications`;

interface Settings {
  readonly name: string;
  readonly targetUrl: string;
  readonly annotations?: Readonly<Record<string, string>>;
}

/** An Application with one service, `orders-api`. */
function application({ name, targetUrl, annotations = {} }: Settings): object {
  const entry = { type: "API", name: "rest", targetUrl };
  const service = { id: `${name}-1`, name: "orders", displayName: "Orders API", description: "-" };
  const services = [{ ...service, providerDisplayName: "-", entries: [entry] }];
  return { apiVersion: VERSION, kind: "Application", metadata: { name, annotations }, spec: { services } };
}

/** A server to which everything happens of which there is a metric: while it lives, again and again. */
export class ObservedInstallation implements AsyncDisposable {
  readonly served: ServedInstallation;
  readonly #stack: AsyncDisposableStack;
  readonly #target: Target;
  readonly #provider: IdentityProvider;
  #identity: Identity | undefined;
  #over = false;
  #happening: Promise<void> = Promise.resolve();

  private constructor(
    stack: AsyncDisposableStack,
    { served, target, provider }: { served: ServedInstallation; target: Target; provider: IdentityProvider },
  ) {
    this.#stack = stack;
    this.served = served;
    this.#target = target;
    this.#provider = provider;
  }

  static async start(): Promise<ObservedInstallation> {
    await using stack = new AsyncDisposableStack();
    const served = stack.use(await ServedInstallation.start(["--workers=2"]));
    const target = stack.use(
      await startTarget(async (call) => {
        await call.body;
        await call.respond(call.path.includes("fails") ? 500 : 200, {}, "answer");
      }),
    );
    const provider = stack.use(await startIdentityProvider({ clients: { shop: "secret" } }));
    const live = stack.use(await UpgradeTarget.start());
    await served.apply(
      application({ name: "shop", targetUrl: target.url }),
      application({ name: "live", targetUrl: `http://127.0.0.1:${live.port}` }),
      application({
        name: "limited",
        targetUrl: target.url,
        annotations: { "appconn.dev/rate-limit": "1/1h" },
      }),
      application({
        name: "broken",
        targetUrl: target.url,
        annotations: { "appconn.dev/circuit-breaker": "2/1h" },
      }),
    );
    const observed = new ObservedInstallation(stack.move(), { served, target, provider });
    try {
      await observed.#begin();
    } catch (error) {
      await observed[Symbol.asyncDispose]();
      throw error;
    }
    return observed;
  }

  async #begin(): Promise<void> {
    await this.#pairAndRegister();
    const tunnel = this.#stack.use(await this.#tunnel());
    const watch = await this.served.admin("GET", `${APPLICATIONS}?watch=true`);
    this.#stack.defer(() => watch.body?.cancel());
    this.#happening = this.#happen(tunnel);
    this.#happening.catch(() => undefined);
  }

  async #pairAndRegister(): Promise<void> {
    this.#identity = await pair(this.served, "shop");
    const oauth = { url: this.#provider.tokenUrl, clientId: "shop", clientSecret: "secret" };
    await this.#register("Billing", { oauth });
    await this.#register("Refused", { oauth: { ...oauth, clientId: "unknown" } });
    const id = await this.#register("Stock", { certificateGen: { commonName: "stock" } });
    const rotation = new URL(`/shop/v1/metadata/services/${id}/certificate/rotate`, this.served.gateway);
    const { status, text } = await send(this.served, rotation, { method: "POST", identity: this.#identity });
    equal(status, 200, text);
  }

  async #register(name: string, credentials: object): Promise<string> {
    const api = { targetUrl: this.#target.url, credentials };
    const body = JSON.stringify({ provider: "Acme", name, description: name, api });
    const url = new URL("/shop/v1/metadata/services", this.served.gateway);
    const { status, text } = await send(this.served, url, {
      method: "POST",
      body,
      identity: this.#identity,
      headers: { "content-type": "application/json" },
    });
    equal(status, 200, text);
    return (JSON.parse(text) as { id: string }).id;
  }

  async #tunnel(): Promise<UpgradeCaller> {
    const path = "/live/orders-api/chat";
    const caller = await openUpgrade(Number(this.served.address("gateway").port), { path });
    equal(await caller.status(), 101);
    return caller;
  }

  async #happen(tunnel: UpgradeCaller): Promise<void> {
    let name = 0;
    while (!this.#over) {
      // eslint-disable-next-line no-await-in-loop -- one round after the other
      await this.#calls();
      // eslint-disable-next-line no-await-in-loop -- as above
      await this.#administration(++name);
      // eslint-disable-next-line no-await-in-loop -- as above
      await this.#visits();
      // eslint-disable-next-line no-await-in-loop -- as above
      await tunnel.send("hello");
      // eslint-disable-next-line no-await-in-loop -- as above
      await using short = await this.#tunnel();
      ok(!short.isClosed);
    }
  }

  async #calls(): Promise<void> {
    const paths = [
      "shop/orders-api/ok",
      "shop/orders-api/fails",
      "limited/orders-api",
      "broken/orders-api/fails",
    ];
    const more = ["shop/billing/ok", "shop/refused/ok", "nobody/orders-api"];
    for (const path of [...paths, ...more]) {
      // eslint-disable-next-line no-await-in-loop -- one after the other
      await (await fetch(new URL(`/${path}`, this.served.address("gateway")))).text();
    }
  }

  async #administration(number: number): Promise<void> {
    const metadata = { name: `map-${number}`, namespace: "default" };
    const maps = "/api/v1/namespaces/default/configmaps";
    const answers = [
      await this.served.admin("POST", maps, { body: { apiVersion: "v1", kind: "ConfigMap", metadata } }),
      await this.served.admin("GET", APPLICATIONS),
      await this.served.admin("GET", `${APPLICATIONS}/nobody`),
      await this.served.admin("GET", APPLICATIONS, { headers: { authorization: "Bearer nobody" } }),
    ];
    for (const answer of answers) await answer.body?.cancel();
  }

  /** Of external systems at the ingress: one that may, one that asks for nothing that is there, one without a certificate. */
  async #visits(): Promise<void> {
    const identity = this.#identity;
    await send(this.served, new URL("/shop/v1/metadata/services", this.served.gateway), { identity });
    await send(this.served, new URL("/nothing", this.served.gateway), { identity });
    const { port, hostname } = this.served.gateway;
    const stranger = connect({
      host: "127.0.0.1",
      port: Number(port),
      servername: hostname,
      rejectUnauthorized: false,
    });
    const closed = Promise.withResolvers<void>();
    stranger
      .on("error", () => {})
      .on("close", () => closed.resolve())
      .resume();
    await closed.promise;
  }

  /** What Prometheus scrapes. */
  get address(): string {
    return this.served.address("health and metrics").host;
  }

  async scrape(): Promise<string> {
    return await this.served.metrics();
  }

  /** Everything has happened at least once. */
  async happened(): Promise<void> {
    await eventually(
      async () => {
        // Whatever went wrong there is why nothing comes here.
        await Promise.race([this.#happening, Promise.resolve()]);
        const text = await this.scrape();
        ok(/application_gateway_breaker_open\{application="broken"[^}]*\} 1/.test(text));
        ok(/application_gateway_tunnel_bytes_total\{direction="to-caller"\} [1-9]/.test(text));
        ok(/appconn_admin_requests_total\{verb="create",resource="configmaps",code="201"\} [2-9]/.test(text));
      },
      { timeout: 60_000 },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#over = true;
    await this.#happening.catch(() => undefined);
    await this.#stack.disposeAsync();
  }
}
