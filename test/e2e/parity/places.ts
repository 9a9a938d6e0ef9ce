export const G = "applicationconnector.kyma-project.io";

export const APPLICATIONS = `/apis/${G}/v1alpha1/applications`;
export const SHOP = `${APPLICATIONS}/shop`;
const MAPPINGS = `/apis/${G}/v1alpha1/namespaces/parity/applicationmappings`;
export const SECRETS = "/api/v1/namespaces/parity/secrets";
export const SUBSCRIPTIONS = "/apis/eventing.kyma-project.io/v1alpha2/namespaces/parity/subscriptions";
export const CONFIG_MAPS = "/api/v1/namespaces/parity/configmaps";

export function application(name: string, rest: object = { spec: { description: "one" } }) {
  return { apiVersion: `${G}/v1alpha1`, kind: "Application", metadata: { name }, ...rest };
}

export function secret(name: string, rest: object = {}) {
  return { apiVersion: "v1", kind: "Secret", metadata: { name }, ...rest };
}

/** What is there before anything is compared, in this order. */
export const present: readonly (readonly [path: string, value: object])[] = [
  ["/api/v1/namespaces", { apiVersion: "v1", kind: "Namespace", metadata: { name: "parity" } }],
  [APPLICATIONS, application("shop")],
  [SECRETS, secret("s", { data: { password: "cA==" } })],
  [CONFIG_MAPS, { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "c" }, data: { k: "v" } }],
  [MAPPINGS, { apiVersion: `${G}/v1alpha1`, kind: "ApplicationMapping", metadata: { name: "shop" } }],
  [
    SUBSCRIPTIONS,
    {
      apiVersion: "eventing.kyma-project.io/v1alpha2",
      kind: "Subscription",
      metadata: { name: "sub" },
      spec: { sink: "s", source: "s", types: ["t"] },
    },
  ],
];
