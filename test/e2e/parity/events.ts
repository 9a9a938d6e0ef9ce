import type { ComparedRequest } from "./compared-request.ts";
import { G } from "./places.ts";

export const EVENTS = "/api/v1/namespaces/default/events";
const PARITY_EVENTS = "/api/v1/namespaces/parity/events";

const about = { apiVersion: `${G}/v1alpha1`, kind: "Application", name: "shop", uid: "u-1" };

function event(name: string, rest: object = {}) {
  return { apiVersion: "v1", kind: "Event", metadata: { name }, involvedObject: about, ...rest };
}

const time = "2026-01-02T03:04:05Z";

const newer = {
  eventTime: "2026-01-02T03:04:05.678901Z",
  reportingComponent: "appconn.dev/gateway",
  reportingInstance: "gateway-0",
  action: "Calling",
  reason: "TargetMissing",
  type: "Warning",
  message: "no such host",
};

/** Events of both forms that are kept. */
export const keptEvents: readonly object[] = [
  event("bare"),
  event("old", {
    reason: "SecretMissing",
    type: "Warning",
    message: " m ",
    count: 3,
    source: { component: "g" },
  }),
  event("counted", { count: 0, firstTimestamp: time, lastTimestamp: "2026-01-02T04:04:05.9+01:00" }),
  event("newer", newer),
  event("series", { ...newer, series: { count: 4, lastObservedTime: "2026-01-02T03:05:05.000001Z" } }),
  event("both", { ...newer, source: { component: "g", host: "h" }, firstTimestamp: time, count: 2 }),
  event("part", { involvedObject: { ...about, fieldPath: "spec.services" }, related: about }),
  event("empty", { reason: "", source: { component: "", host: "h" }, related: { name: "", kind: "K" } }),
  event("nothing", { involvedObject: null }),
].map((one) => ({ ...one, metadata: { ...one.metadata, labels: { set: "kept" } } }));

const refused = [
  event("x", { reason: 5 }),
  event("x", { count: "x" }),
  event("x", { count: 3_000_000_000 }),
  event("x", { lastTimestamp: "yesterday" }),
  event("x", { lastTimestamp: 5 }),
  event("x", { eventTime: "yesterday" }),
  event("x", { involvedObject: "shop" }),
  event("x", { eventTime: newer.eventTime }),
  event("x", { ...newer, reportingComponent: "a b", reason: "r".repeat(129) }),
  event("x", { ...newer, message: "m".repeat(1025) }),
  event("x", { ...newer, message: "ü".repeat(600) }),
  event("x", { ...newer, involvedObject: { ...about, namespace: "elsewhere" } }),
  event("x", { involvedObject: { ...about, namespace: "elsewhere" } }),
  event("x", { type: "Odd", message: "m".repeat(2000) }),
];

const selectors = [
  "involvedObject.name=shop",
  "involvedObject.namespace=",
  "involvedObject.labels=x",
  "reportingController=x",
  "message=m",
];

/** Events, good and bad, in both of their forms (admin-api spec §§10, 12). */
export const events: readonly ComparedRequest[] = [
  ...refused.map((body) => ({ path: `${EVENTS}?dryRun=All`, body })),
  ...[event("x"), event("x", newer), event("x", { involvedObject: { ...about, namespace: "parity" } })].map(
    (body) => ({ path: `${PARITY_EVENTS}?dryRun=All`, body }),
  ),
  { path: "/api/v1/namespaces/kube-system/events?dryRun=All", body: event("x", newer) },
  { path: "/api/v1/namespaces/kube-system/events?dryRun=All", body: event("x") },
  ...selectors.map((one) => ({ path: `${EVENTS}?fieldSelector=${encodeURIComponent(one)}` })),
  { path: `${EVENTS}/nope` },
];
