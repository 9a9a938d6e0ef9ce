import { message, type Message } from "./message.ts";

/** The reviews of admin-api spec §15; their metadata (1) says nothing, and is left out. */
const resourceAttributes = message({
  1: ["namespace", "text"],
  2: ["verb", "text"],
  3: ["group", "text"],
  4: ["version", "text"],
  5: ["resource", "text"],
  6: ["subresource", "text"],
  7: ["name", "text"],
});

const accessReviewSpec = message({
  1: ["resourceAttributes", resourceAttributes],
  2: ["nonResourceAttributes", message({ 1: ["path", "text"], 2: ["verb", "text"] })],
});

export const reviewMessages: readonly (readonly [kind: string, read: Message])[] = [
  ["SelfSubjectReview", message({})],
  ["SelfSubjectAccessReview", message({ 2: ["spec", accessReviewSpec] })],
  ["SelfSubjectRulesReview", message({ 2: ["spec", message({ 1: ["namespace", "text"] })] })],
];
