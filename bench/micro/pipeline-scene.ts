import { systemClock } from "../../src/core/clock.ts";
import type { Application } from "../../src/core/resources/application.ts";
import type { Secret } from "../../src/core/resources/secret.ts";
import { Credentials } from "../../src/credentials/credentials.ts";
import { injectWarm } from "../../src/gateway/inject.ts";
import { LimitStates } from "../../src/gateway/limits/limit-states.ts";
import { outgoingHeaders } from "../../src/gateway/outgoing-headers.ts";
import { isRefusal, prepare } from "../../src/gateway/prepare.ts";
import { readRequestHead } from "../../src/gateway/request-head.ts";
import { NetworkList } from "../../src/http/network-list.ts";
import { EgressPolicy } from "../../src/outbound/egress-policy.ts";
import { compileApplication } from "../../src/snapshot/compile-application.ts";
import { Snapshot } from "../../src/snapshot/snapshot.ts";
import { basicPassword, basicUser } from "../credentials.ts";
import { application, basicCredentials } from "../estate/resources.ts";

export interface Shape {
  readonly applications: number;
  readonly services: number;
  /** Over how many of the APIs the calls walk. */
  readonly called: number;
  /** Annotations of each Application. */
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface PipelineScene extends AsyncDisposable {
  /** One call through stages ① to ④, of the API with this number, modulo those that are called. */
  run(number: number): void;
}

/** What an ordinary client sends. */
const CALLER = [
  ["Host", "127.0.0.1:8080"],
  ["User-Agent", "workload/1.4 (+https://example.com)"],
  ["Accept", "application/json"],
  ["Accept-Encoding", "gzip, br"],
  ["X-Request-Id", "0af7651916cd43dd8448eb211c80319c"],
  ["traceparent", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"],
].flat();

const CALLING = { peer: "127.0.0.1", clientCertificate: undefined };

/** The stages as the gateway calls them, over a compiled estate, without any socket. */
export async function pipelineScene(shape: Shape): Promise<PipelineScene> {
  const { snapshot, close } = compiledEstate(shape);
  const targets = Array.from({ length: shape.called }, (_, number) => {
    const name = Math.floor(number / shape.services);
    return `/estate-${name}/api-${number % shape.services}/orders/42?$expand=items`;
  });
  const context = { snapshot, preserveTrailingSlash: false, trustedProxies: new NetworkList([]) };
  return {
    run: (number) => pass(targets[number % targets.length] ?? "", context),
    [Symbol.asyncDispose]: async () => close(),
  };
}

function pass(target: string, context: Parameters<typeof prepare>[1]): void {
  const head = readRequestHead(CALLER);
  const prepared = prepare({ addressing: "manual", target, host: head.host, caller: CALLING }, context);
  if (isRefusal(prepared)) throw new Error(prepared.message);
  const permit = prepared.api.limits?.enter(performance.now());
  if (permit && "limit" in permit) throw new Error(`the ${permit.limit} limit keeps the call out`);
  const injection = injectWarm(prepared.api, head);
  if (!injection) throw new Error("the credentials are not at hand");
  const headers = outgoingHeaders({
    caller: CALLER,
    host: prepared.api.target.url.host,
    authorization: injection.authorisation.header,
    apiKey: undefined,
    dropAccessToken: false,
    csrfToken: undefined,
    cookie: undefined,
    forwarded: "append",
    peer: "127.0.0.1",
    configured: prepared.api.parameters.headers,
    traceparent: undefined,
  });
  if (headers.length < CALLER.length) throw new Error("headers are missing");
  permit?.succeeded();
  permit?.end();
}

function compiledEstate({ applications, services, annotations = {} }: Shape): {
  snapshot: Snapshot;
  close: () => void;
} {
  const policy = new EgressPolicy();
  const connections = { pool: sendsNothing };
  const credentials = new Credentials({ connections, policy, clock: systemClock, timeout: 1000 });
  const limits = new LimitStates();
  const snapshot = new Snapshot();
  const encoded = { username: base64(basicUser), password: base64(basicPassword) };
  const secret = { metadata: { name: "bench-basic" }, data: encoded } as unknown as Secret;
  const names = Array.from({ length: services }, (_, index) => `api-${index}`);
  for (let index = 0; index < applications; index++) {
    const manifest = application({
      name: `estate-${index}`,
      services: names,
      targetUrl: "http://127.0.0.1:9/base",
      credentials: basicCredentials,
    });
    const annotated = { ...manifest, metadata: { ...manifest.metadata, annotations } };
    const compiled = compileApplication(annotated as unknown as Application, () => secret, {
      credentials,
      policy,
      limits,
      warn: () => {},
    });
    snapshot.publish(compiled);
  }
  snapshot.markSynced();
  return { snapshot, close: () => credentials.close() };
}

function sendsNothing(): never {
  throw new Error("a warm call sends nothing");
}

const base64 = (value: string) => Buffer.from(value).toString("base64");
