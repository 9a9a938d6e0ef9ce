import { defineFailures } from "../core/failures.ts";

/** What is wrong with an entry, found when it is compiled and told to whoever calls it. */
export const snapshotFailures = defineFailures({
  SNAPSHOT_TARGET_UNPARSABLE: {
    status: 500,
    actor: "operator",
    text: "failed to parse target url '%s': '%s'",
    remedy: "Correct targetUrl in the Application.",
  },
  SNAPSHOT_TARGET_UNUSABLE: {
    status: 502,
    actor: "operator",
    text: "target url '%s' cannot be called: %s",
    remedy: "Write targetUrl with http:// or https:// and a host.",
  },
  SNAPSHOT_SETTING_INVALID: {
    status: 500,
    actor: "operator",
    text: "annotation '%s' of the Application must be %s",
    remedy: "Correct or remove the annotation. Until then what it is for is not called.",
  },
  SNAPSHOT_CA_BUNDLE_UNUSABLE: {
    status: 500,
    actor: "operator",
    text: "Secret '%s' of annotation 'ca-bundle' is no bundle of certificate authorities: %s",
    remedy: "Put PEM certificates into the key `ca.crt` of a Secret in the credentials namespace.",
  },
});
