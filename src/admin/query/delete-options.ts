import { isPlainObject } from "../../core/plain-object.ts";
import { apiVersionOf, type Cause, type Kind } from "../../core/resources/kind.ts";
import type { Removing } from "../../stores/store.ts";
import { AdminFailure } from "../admin-failure.ts";
import { readBody } from "../body/read-body.ts";
import type { ReceivedBody } from "../body/read-object.ts";
import { invalidOptions } from "../status/invalid-options.ts";
import { givenDeleteOptions, type GivenDeleteOptions } from "./given-delete-options.ts";
import { flagParameter, wholeNumberParameter } from "./parameters.ts";
import { dryRunCauses } from "./write-parameters.ts";

/** DeleteOptions of the body, or of the query where there is no body (admin-api spec §8.6). */
export function deleteOptions(kind: Kind, body: ReceivedBody, query: URLSearchParams): Removing {
  const isBare = body.bytes.length === 0;
  const given = isBare ? fromQuery(query) : fromBody(kind, body);
  const dryRun = [...given.dryRun, ...(isBare ? [] : query.getAll("dryRun"))];
  const [first, ...rest] = [...dryRunCauses(dryRun), ...policyCauses(given)];
  if (first) throw invalidOptions("DeleteOptions", [first, ...rest]);
  const policy = given.orphanDependents ? "Orphan" : (given.propagationPolicy ?? "Background");
  return {
    dryRun: dryRun.includes("All"),
    precondition: given.precondition,
    propagation: policy as NonNullable<Removing["propagation"]>,
  };
}

function fromQuery(query: URLSearchParams): GivenDeleteOptions {
  wholeNumberParameter(query, "gracePeriodSeconds");
  return {
    dryRun: query.getAll("dryRun"),
    propagationPolicy: query.get("propagationPolicy") ?? undefined,
    orphanDependents: query.has("orphanDependents") ? flagParameter(query, "orphanDependents") : undefined,
    precondition: {},
  };
}

function fromBody(kind: Kind, body: ReceivedBody): GivenDeleteOptions {
  const { value } = readBody(body.bytes, body.contentType, "DeleteOptions");
  if (!isPlainObject(value)) {
    throw new AdminFailure("ADMIN_UNRECOGNIZED", ["DeleteOptions", "the body is not an object"]);
  }
  const { kind: given = "DeleteOptions", apiVersion = "v1" } = value;
  const versions = ["v1", "meta.k8s.io/v1", apiVersionOf(kind)];
  if (given !== "DeleteOptions" || !versions.includes(String(apiVersion))) {
    throw new AdminFailure("ADMIN_UNRECOGNIZED", ["DeleteOptions", "it has another apiVersion or kind"]);
  }
  return givenDeleteOptions(value);
}

const POLICIES = ["Foreground", "Background", "Orphan"];

function policyCauses({ propagationPolicy: policy, orphanDependents }: GivenDeleteOptions): Cause[] {
  if (policy === undefined) return [];
  const field = "propagationPolicy";
  if (orphanDependents !== undefined) {
    const problem = "orphanDependents and deletionPropagation cannot be both set";
    return [
      { reason: "FieldValueInvalid", message: `Invalid value: ${JSON.stringify(policy)}: ${problem}`, field },
    ];
  }
  if (POLICIES.includes(policy)) return [];
  const supported = [...POLICIES, "nil"].map((word) => `"${word}"`).join(", ");
  const message = `Unsupported value: ${JSON.stringify(policy)}: supported values: ${supported}`;
  return [{ reason: "FieldValueNotSupported", message, field }];
}
