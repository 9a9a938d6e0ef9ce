import assert from "node:assert/strict";
import { test } from "node:test";
import { admit, decode } from "../../../src/core/resources/admission.ts";
import type { Application } from "../../../src/core/resources/application.ts";
import type { Kind } from "../../../src/core/resources/kind.ts";
import type { Resource } from "../../../src/core/resources/resource.ts";
import { secretKind } from "../../../src/core/resources/secret.ts";
import { serviceKind } from "../../../src/core/resources/service.ts";
import { accessService } from "../../../src/registry/access-service.ts";
import { serviceSecret } from "../../../src/registry/service-secret.ts";

const ID = "fc8ba7b4-0e27-4a4a-9f6b-3b3f4f8e2a11";
const options = { credentialsNamespace: "kyma-system", proxyPort: 8080 };

function application(name: string): Application {
  return {
    apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
    kind: "Application",
    metadata: { name, uid: "uid-1", resourceVersion: "1", creationTimestamp: "2026-01-01T00:00:00Z" },
  };
}

function problems<T extends Resource>(kind: Kind<T>, sent: object): readonly string[] {
  const decoded = decode(kind, sent);
  if (decoded.kind === "unreadable") return [decoded.problem];
  return admit(kind, decoded.value, undefined).causes.map(({ field, message }) => `${field}: ${message}`);
}

const ownerReferences = [
  {
    apiVersion: "applicationconnector.kyma-project.io/v1alpha1",
    kind: "Application",
    name: "shop",
    uid: "uid-1",
  },
];

test("access service - it selects the Application's gateway and goes with the Application", () => {
  assert.deepEqual(accessService({ application: application("shop"), serviceId: ID }, options), {
    metadata: {
      name: `shop-${ID}`,
      namespace: "kyma-system",
      labels: { app: "shop", serviceId: ID },
      ownerReferences,
    },
    spec: {
      type: "ClusterIP",
      selector: { app: "shop-application-gateway" },
      ports: [{ name: "http", protocol: "TCP", port: 80, targetPort: 8080 }],
    },
  });
});

test("service secret - it has the labels and the owner of its service", () => {
  const data = { username: "dQ==" };
  const owner = { application: application("shop"), serviceId: ID };
  assert.deepEqual(serviceSecret(owner, { name: `shop-${ID}`, namespace: "kyma-system", data }), {
    metadata: {
      name: `shop-${ID}`,
      namespace: "kyma-system",
      labels: { app: "shop", serviceId: ID },
      ownerReferences,
    },
    type: "Opaque",
    data,
  });
});

test("owned objects - they are admitted whatever Application and service are called", () => {
  const names = ["shop", "v0.0.1", "1.2.3", "a".repeat(63), `${"a".repeat(61)}.${"b".repeat(100)}`];
  for (const name of names) {
    for (const serviceId of [ID, "Orders_1", "ein Dienst", "注文", "-", "x".repeat(300)]) {
      const owner = { application: application(name), serviceId };
      assert.deepEqual(problems(serviceKind, accessService(owner, options)), []);
      const content = { name: "s", namespace: "kyma-system", data: {} };
      assert.deepEqual(problems(secretKind, serviceSecret(owner, content)), []);
    }
  }
});
