import { eventMessage } from "./event-message.ts";
import { message, type Message } from "./message.ts";
import { reviewMessages } from "./review-messages.ts";

/** The few messages whose bodies clients send as protobuf; field numbers are those of admin-api spec §6. */
const ownerReference = message({
  1: ["kind", "text"],
  3: ["name", "text"],
  4: ["uid", "text"],
  5: ["apiVersion", "text"],
  6: ["controller", "flag"],
  7: ["blockOwnerDeletion", "flag"],
});

// managedFields (17) is left out: a body without them keeps the stored ones.
const objectMeta = message({
  1: ["name", "text"],
  2: ["generateName", "text"],
  3: ["namespace", "text"],
  5: ["uid", "text"],
  6: ["resourceVersion", "text"],
  7: ["generation", "number"],
  8: ["creationTimestamp", "time"],
  9: ["deletionTimestamp", "time"],
  10: ["deletionGracePeriodSeconds", "number"],
  11: ["labels", { mapOf: "text" }],
  12: ["annotations", { mapOf: "text" }],
  13: ["ownerReferences", { listOf: ownerReference }],
  14: ["finalizers", { listOf: "text" }],
});

const secret = message({
  1: ["metadata", objectMeta],
  2: ["data", { mapOf: "base64" }],
  3: ["type", "text"],
  4: ["stringData", { mapOf: "text" }],
  5: ["immutable", "flag"],
});

const configMap = message({
  1: ["metadata", objectMeta],
  2: ["data", { mapOf: "text" }],
  3: ["binaryData", { mapOf: "base64" }],
  4: ["immutable", "flag"],
});

const namespace = message({
  1: ["metadata", objectMeta],
  2: ["spec", message({ 1: ["finalizers", { listOf: "text" }] })],
  3: ["status", message({ 1: ["phase", "text"] })],
});

const servicePort = message({
  1: ["name", "text"],
  2: ["protocol", "text"],
  3: ["port", "number"],
  4: ["targetPort", "intOrString"],
  5: ["nodePort", "number"],
  6: ["appProtocol", "text"],
});

// The status (3) is left out: it is written through its subresource alone.
const service = message({
  1: ["metadata", objectMeta],
  2: [
    "spec",
    message({
      1: ["ports", { listOf: servicePort }],
      2: ["selector", { mapOf: "text" }],
      3: ["clusterIP", "text"],
      4: ["type", "text"],
      5: ["externalIPs", { listOf: "text" }],
      7: ["sessionAffinity", "text"],
      8: ["loadBalancerIP", "text"],
      9: ["loadBalancerSourceRanges", { listOf: "text" }],
      10: ["externalName", "text"],
      11: ["externalTrafficPolicy", "text"],
      12: ["healthCheckNodePort", "number"],
      13: ["publishNotReadyAddresses", "flag"],
      14: [
        "sessionAffinityConfig",
        message({ 1: ["clientIP", message({ 1: ["timeoutSeconds", "number"] })] }),
      ],
      17: ["ipFamilyPolicy", "text"],
      18: ["clusterIPs", { listOf: "text" }],
      19: ["ipFamilies", { listOf: "text" }],
      20: ["allocateLoadBalancerNodePorts", "flag"],
      21: ["loadBalancerClass", "text"],
      22: ["internalTrafficPolicy", "text"],
    }),
  ],
});

const deleteOptions = message({
  1: ["gracePeriodSeconds", "number"],
  2: ["preconditions", message({ 1: ["uid", "text"], 2: ["resourceVersion", "text"] })],
  3: ["orphanDependents", "flag"],
  4: ["propagationPolicy", "text"],
  5: ["dryRun", { listOf: "text" }],
});

/** The envelope of every body: runtime.Unknown with its TypeMeta. */
export const unknownMessage = message({
  1: ["typeMeta", message({ 1: ["apiVersion", "text"], 2: ["kind", "text"] })],
  2: ["raw", "base64"],
  3: ["contentEncoding", "text"],
  4: ["contentType", "text"],
});

/** By kind; custom resources have none. */
export const messages: ReadonlyMap<string, Message> = new Map([
  ["Secret", secret],
  ["ConfigMap", configMap],
  ["Namespace", namespace],
  ["Service", service],
  ["Event", eventMessage(objectMeta)],
  ["DeleteOptions", deleteOptions],
  ...reviewMessages,
]);
