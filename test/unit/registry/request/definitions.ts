import { readService } from "../../../../src/registry/request/read-service.ts";
import type { ServiceRequest } from "../../../../src/registry/service-request.ts";

/** The example of registry spec §3. */
export const wholeDefinition = {
  provider: "Acme",
  name: "Orders API",
  description: "All about orders",
  shortDescription: "Orders",
  identifier: "acme-orders",
  labels: { team: "shop" },
  api: {
    targetUrl: "https://orders.acme.example/v2",
    spec: { swagger: "2.0", info: { title: "o", version: "1" }, paths: {} },
    requestParameters: { headers: { "X-Tenant": ["7"] }, queryParameters: { lang: ["en"] } },
    credentials: {
      oauth: {
        url: "https://idp.acme.example/token",
        clientId: "c1",
        clientSecret: "s1",
        requestParameters: { headers: { "X-A": ["1"] } },
        csrfInfo: { tokenEndpointURL: "https://orders.acme.example/csrf" },
      },
    },
  },
  events: { spec: { asyncapi: "2.0.0", info: { title: "o", version: "1" }, channels: {} } },
  documentation: {
    displayName: "Docs",
    description: "d",
    type: "html",
    tags: ["t"],
    docs: [{ title: "a", type: "md", source: "# hi" }],
  },
};

const required = { provider: "p", name: "n", description: "d" };

/** A definition that lacks nothing but what is given. */
export function definitionWith(parts: object): string {
  return JSON.stringify({ ...required, ...parts });
}

/** The same of an API; what is given may be text that only is JSON when it stands there. */
export function definitionWithApi(members: string): string {
  const inner = members === "" ? "" : `,${members}`;
  return `{"provider":"p","name":"n","description":"d","api":{"targetUrl":"http://target.example"${inner}}}`;
}

export function refusalOf(body: string | Buffer): string {
  const result = readService(Buffer.from(body));
  return "refused" in result ? result.refused : "accepted";
}

export function requestOf(body: string | Buffer): ServiceRequest {
  const result = readService(Buffer.from(body));
  if ("refused" in result) throw new Error(`refused: ${result.refused}`);
  return result;
}

/** Of a document in a request. */
export function textOf(document: Uint8Array | undefined): string {
  return Buffer.from(document ?? []).toString();
}
