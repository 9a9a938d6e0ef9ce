import assert from "node:assert/strict";
import type { AdminServer } from "./admin-server.ts";

export const APPLICATIONS = "/apis/applicationconnector.kyma-project.io/v1alpha1/applications";
export const SECRETS = "/api/v1/namespaces/default/secrets";
export const CONFIG_MAPS = "/api/v1/namespaces/default/configmaps";

/** What the tests look into; a Status, an object, a list or a Table. */
export interface Answered {
  readonly kind: string;
  readonly apiVersion: string;
  readonly message: string;
  readonly reason: string;
  readonly code: number;
  readonly details: Record<string, unknown> & {
    causes: { reason: string; message: string; field: string }[];
  };
  readonly metadata: Record<string, string> & {
    labels: Record<string, string>;
    annotations: Record<string, string>;
  };
  readonly spec: Record<string, unknown>;
  readonly status: unknown;
  readonly data: Record<string, string>;
  readonly type: string;
  readonly items: Answered[];
  readonly columnDefinitions: { name: string }[];
  readonly rows: { cells: unknown[]; object: Answered }[];
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: Answered;
}

export interface Asked {
  readonly method?: string;
  /** An object is sent as JSON, anything else as it is. */
  readonly body?: object | string | Uint8Array;
  readonly headers?: Record<string, string>;
}

/** Asks the admin API and reads the answer; errors must be Status objects with the code of the answer. */
export async function ask(server: AdminServer, path: string, asked: Asked = {}): Promise<Answer> {
  const { method = asked.body === undefined ? "GET" : "POST", body, headers = {} } = asked;
  const raw = typeof body === "string" || body instanceof Uint8Array;
  const sent = body === undefined ? {} : { body: raw ? (body as string) : JSON.stringify(body) };
  const type = body === undefined ? {} : { "content-type": "application/json" };
  const response = await server.fetch(path, { method, ...sent, headers: { ...type, ...headers } });
  const text = await response.text();
  const json = text !== "" && response.headers.get("content-type") === "application/json";
  const answer = {
    status: response.status,
    headers: response.headers,
    text,
    body: (json ? JSON.parse(text) : {}) as Answered,
  };
  if (response.status >= 400 && method !== "HEAD") {
    assert.equal(answer.body.kind, "Status", text);
    assert.equal(answer.body.code, response.status);
  }
  return answer;
}

export function application(name: string, extra: { metadata?: object; spec?: object; status?: object } = {}) {
  return {
    apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
    kind: "Application",
    metadata: { name, ...extra.metadata },
    spec: { description: "a shop", ...extra.spec },
    ...(extra.status ? { status: extra.status } : {}),
  };
}

export function secret(name: string, extra: object = {}) {
  return { apiVersion: "v1", kind: "Secret", metadata: { name }, ...extra };
}

/** `{code, reason, message}` of a refusal. */
export function refusal({ body }: Answer) {
  const { code, reason, message } = body;
  return { code, reason, message };
}
