import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import { apiVersionOf, type Kind } from "../../core/resources/kind.ts";
import type { Ref } from "../../core/resources/resource.ts";
import { AdminFailure, badRequest } from "../admin-failure.ts";
import { readBody } from "./read-body.ts";

export interface ReceivedBody {
  readonly bytes: Uint8Array;
  readonly contentType: string | undefined;
}

/** An object as a client sent it: of the right kind, in the namespace of the path; nothing else is checked. */
export interface ReceivedObject {
  readonly value: PlainObject;
  readonly metadata: PlainObject;
  readonly duplicates: readonly string[];
}

/** Reads the object of a POST or PUT (admin-api spec §8.1: media type, parse, kind, namespace). */
export function readObject(kind: Kind, body: ReceivedBody, namespace: string | undefined): ReceivedObject {
  const { value, duplicates } = readBody(body.bytes, body.contentType, kind.kind);
  if (!isPlainObject(value)) {
    throw new AdminFailure("ADMIN_UNRECOGNIZED", [kind.kind, "the body is not an object"]);
  }
  checkType(kind, value);
  const metadata = value["metadata"] ?? {};
  if (!isPlainObject(metadata)) {
    const reason = "metadata must be an object";
    throw new AdminFailure("ADMIN_CANNOT_HANDLE", [kind.kind, kind.version, kind.kind, reason]);
  }
  checkNamespace(metadata["namespace"], namespace);
  const placed = namespace === undefined ? metadata : { ...metadata, namespace };
  return { value: { ...value, metadata: placed }, metadata, duplicates };
}

/** Core kinds may leave out apiVersion and kind, as typed clients do; custom resources may not. */
function checkType(kind: Kind, value: PlainObject): void {
  const given = { kind: textOf(value["kind"]), apiVersion: textOf(value["apiVersion"]) };
  if (given.kind === "" && kind.custom) {
    throw new AdminFailure("ADMIN_UNRECOGNIZED", [kind.kind, "Object 'Kind' is missing"]);
  }
  const expected = apiVersionOf(kind);
  if (given.apiVersion === "" ? kind.custom : given.apiVersion !== expected) {
    throw new AdminFailure("ADMIN_WRONG_API_VERSION", [given.apiVersion, expected]);
  }
  if (given.kind !== "" && given.kind !== kind.kind) {
    if (kind.custom) throw wrongKind(kind, given.kind, value);
    const reason = `the kind in the data (${given.kind}) does not match the expected kind (${kind.kind})`;
    throw new AdminFailure("ADMIN_CANNOT_HANDLE", [given.kind, kind.version, kind.kind, reason]);
  }
}

/** Of a custom resource: the API server reads it whatever it is, and then finds its kind invalid. */
function wrongKind({ group, kind }: Kind, given: string, value: PlainObject): AdminFailure {
  const metadata = isPlainObject(value["metadata"]) ? value["metadata"] : {};
  const name = textOf(metadata["name"]);
  const message = `Invalid value: ${JSON.stringify(given)}: must be ${kind}`;
  const causes = [{ reason: "FieldValueInvalid", message, field: "kind" }] as const;
  const details = { name, group, kind: given, causes };
  return new AdminFailure("ADMIN_INVALID", [`${given}.${group}`, name, `kind: ${message}`], details);
}

/** A namespace in the body must be that of the path. */
export function checkNamespace(given: unknown, namespace: string | undefined): void {
  if (namespace === undefined || given === undefined || given === null || given === "") return;
  if (given === namespace) return;
  throw badRequest("the namespace of the provided object does not match the namespace sent on the request");
}

export function unnamed(name: string): AdminFailure {
  return badRequest(
    `the name of the object (${name} based on URL) was undeterminable: name must be provided`,
  );
}

/** The name in the body of a PUT must be that of the path (admin-api spec §8.2). */
export function checkName(metadata: PlainObject, ref: Ref): void {
  const name = textOf(metadata["name"]);
  if (name === "") throw unnamed(ref.name);
  if (name !== ref.name) {
    throw badRequest(`the name of the object (${name}) does not match the name on the URL (${ref.name})`);
  }
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}
