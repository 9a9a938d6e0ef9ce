import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import { apiVersionOf, type Cause, type Kind } from "../../core/resources/kind.ts";
import type { Precondition, Removing } from "../../stores/store.ts";
import { AdminFailure } from "../admin-failure.ts";
import { readBody } from "../body/read-body.ts";
import type { ReceivedBody } from "../body/read-object.ts";
import { invalidOptions } from "../status/invalid-options.ts";
import { dryRunCauses } from "./write-parameters.ts";

/** DeleteOptions of the body, or of the query where there is no body (admin-api spec §8.6). */
export function deleteOptions(kind: Kind, body: ReceivedBody, query: URLSearchParams): Removing {
  const given = body.bytes.length === 0 ? fromQuery(query) : fromBody(kind, body);
  const dryRun = [...listOfText(given["dryRun"]), ...(body.bytes.length === 0 ? [] : query.getAll("dryRun"))];
  const policy = propagation(given);
  const [first, ...rest] = [...dryRunCauses(dryRun), ...policyCauses(policy)];
  if (first) throw invalidOptions("DeleteOptions", [first, ...rest]);
  return {
    dryRun: dryRun.includes("All"),
    precondition: precondition(given["preconditions"]),
    propagation: policy as NonNullable<Removing["propagation"]>,
  };
}

function fromQuery(query: URLSearchParams): PlainObject {
  return {
    dryRun: query.getAll("dryRun"),
    propagationPolicy: query.get("propagationPolicy") ?? "",
    orphanDependents: query.get("orphanDependents") === "true",
  };
}

function fromBody(kind: Kind, body: ReceivedBody): PlainObject {
  const { value } = readBody(body.bytes, body.contentType, "DeleteOptions");
  if (!isPlainObject(value)) {
    throw new AdminFailure("ADMIN_UNRECOGNIZED", ["DeleteOptions", "the body is not an object"]);
  }
  const { kind: given = "DeleteOptions", apiVersion = "v1" } = value;
  const versions = ["v1", "meta.k8s.io/v1", apiVersionOf(kind)];
  if (given !== "DeleteOptions" || !versions.includes(String(apiVersion))) {
    throw new AdminFailure("ADMIN_UNRECOGNIZED", ["DeleteOptions", "it has another apiVersion or kind"]);
  }
  return value;
}

function propagation(given: PlainObject): string {
  if (given["orphanDependents"] === true) return "Orphan";
  const policy = given["propagationPolicy"];
  return typeof policy === "string" && policy !== "" ? policy : "Background";
}

const POLICIES = ["Foreground", "Background", "Orphan"];

function policyCauses(policy: string): Cause[] {
  if (POLICIES.includes(policy)) return [];
  const supported = [...POLICIES, "nil"].map((word) => `"${word}"`).join(", ");
  const message = `Unsupported value: ${JSON.stringify(policy)}: supported values: ${supported}`;
  return [{ reason: "FieldValueNotSupported", message, field: "propagationPolicy" }];
}

function precondition(given: unknown): Precondition {
  if (!isPlainObject(given)) return {};
  const { uid, resourceVersion } = given;
  return {
    ...(typeof uid === "string" ? { uid } : {}),
    ...(typeof resourceVersion === "string" ? { resourceVersion } : {}),
  };
}

function listOfText(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}
