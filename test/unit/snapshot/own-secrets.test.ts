import assert from "node:assert/strict";
import { test } from "node:test";
import { systemClock } from "../../../src/core/clock.ts";
import type { Secret } from "../../../src/core/resources/secret.ts";
import { Credentials } from "../../../src/credentials/credentials.ts";
import { LimitStates } from "../../../src/gateway/limits/limit-states.ts";
import { EgressPolicy } from "../../../src/outbound/egress-policy.ts";
import { compileApplication } from "../../../src/snapshot/compile-application.ts";
import { api, service } from "../../doubles/applications.ts";

const applicationKindNames = {
  apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
  kind: "Application",
} as const;

const data = { username: "dQ==", password: "cA==" };

function secretOf(name: string, app: string | undefined, owner?: string): Secret {
  const metadata = {
    name,
    uid: name,
    resourceVersion: "1",
    creationTimestamp: "2026-01-01T00:00:00Z",
    ...(app === undefined ? {} : { labels: { app } }),
    ...(owner === undefined ? {} : { ownerReferences: [{ ...applicationKindNames, name: owner, uid: "u" }] }),
  };
  return { apiVersion: "v1", kind: "Secret", metadata, data };
}

test("compile - where Secrets must be the Application's own, those of others are of no use to it", (context) => {
  const secrets = [
    secretOf("labelled", "shop"),
    secretOf("owned", "shop", "shop"),
    secretOf("other", "erp"),
    secretOf("nobodys", undefined),
    secretOf("shared", "shop", "erp"),
  ];
  const services = secrets.map(({ metadata: { name: secretName } }) =>
    service(secretName, [api("https://erp/api", { credentials: { type: "Basic", secretName } })]),
  );
  const policy = new EgressPolicy([]);
  const connections = { pool: () => assert.fail("compiling calls nobody") };
  const credentials = new Credentials({ connections, policy, clock: systemClock, timeout: 1000 });
  context.after(() => credentials.close());
  const limits = new LimitStates();
  const { byService } = compileApplication(
    { ...applicationKindNames, metadata: secretOf("shop", undefined).metadata, spec: { services } },
    (name) => secrets.find(({ metadata }) => metadata.name === name),
    { credentials, policy, limits, warn: () => {}, requireOwnSecrets: true },
  );
  assert.deepEqual(
    [...byService].map(([name, { kind }]) => `${name} ${kind}`),
    ["labelled api", "owned api", "other broken", "nobodys broken", "shared broken"],
  );
  const other = byService.get("other");
  const refused = /failed to get 'other' secret, it does not belong to the Application: label it app=shop$/;
  assert.ok(other?.kind === "broken");
  assert.equal(other.status, 500);
  assert.match(other.message, refused);
});
