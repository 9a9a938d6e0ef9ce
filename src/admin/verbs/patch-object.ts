import { isPlainObject } from "../../core/plain-object.ts";
import type { Kind } from "../../core/resources/kind.ts";
import { patchStrayFields } from "../../core/resources/patch-stray-fields.ts";
import { admissionWarnings } from "../../core/resources/warnings.ts";
import type { Patch, Patching } from "../../stores/store.ts";
import { StoreFailure } from "../../stores/store-failure.ts";
import { sendObject } from "../answer/send.ts";
import { noteForAudit } from "../audit-note.ts";
import { decodeJson } from "../body/decode-json.ts";
import type { DecodedBody } from "../body/decoded-body.ts";
import {
  invalidPatch,
  patchedFields,
  shownStray,
  strayFields,
  warningsOf,
} from "../body/field-validation.ts";
import { mediaTypeOf } from "../body/media-type.ts";
import { decoded, unsupportedMediaType } from "../body/read-body.ts";
import { checkNamespace } from "../body/read-object.ts";
import { badRequest } from "../admin-failure.ts";
import { writeParameters } from "../query/write-parameters.ts";
import { applyObject } from "./apply-object.ts";
import { bodyOf, writerOf, objectView, refOf, warn, type Call } from "./call.ts";

/**
 * PATCH of one object (admin-api spec §8.3): JSON and merge patch, server-side apply, and strategic merge for core
 * kinds.
 */
export function patchObject(call: Call): Promise<unknown> {
  return patch(call, {});
}

/** PATCH of the status alone; what else the patch says is ignored. */
export function patchStatus(call: Call): Promise<unknown> {
  return patch(call, { subresource: "status" });
}

type Part = Pick<Patching, "subresource">;

async function patch(call: Call, part: Part): Promise<unknown> {
  const type = patchType(call.kind, bodyOf(call).contentType);
  return type === "apply" ? applyObject(call, part) : patchAs(type, call, part);
}

async function patchAs(type: Patch["type"], call: Call, part: Part): Promise<unknown> {
  const { kind, name } = call;
  const view = objectView(call);
  const { dryRun, fieldValidation } = writeParameters(call.query, "PatchOptions");
  noteForAudit(call.request, { dryRun });
  const body = readPatch(call, type);
  checkPatchNamespace(body.value, call.namespace);
  const stray = fieldValidation === "Ignore" ? [] : strayInPatch(kind, type, body);
  const warnings = warningsOf(fieldValidation, stray, invalidPatch(kind, name));
  const options = { dryRun, manager: writerOf(call), ...part };
  const patched = await call.collection.patch(refOf(call), { type, value: body.value }, options);
  warn(call, [...warnings, ...admissionWarnings(kind, patched)]);
  return sendObject(call.reply, view, patched);
}

const TYPES: Readonly<Record<string, Patch["type"] | "apply">> = {
  "application/json-patch+json": "json",
  "application/merge-patch+json": "merge",
  "application/apply-patch+yaml": "apply",
  "application/strategic-merge-patch+json": "strategic",
};

function patchType(kind: Kind, contentType: string | undefined): Patch["type"] | "apply" {
  const accepted = Object.keys(TYPES).filter((mediaType) => !kind.custom || TYPES[mediaType] !== "strategic");
  const mediaType = accepted.find((name) => name === mediaTypeOf(contentType));
  const type = mediaType === undefined ? undefined : TYPES[mediaType];
  if (!type) throw unsupportedMediaType(accepted);
  return type;
}

function readPatch(call: Call, type: Patch["type"]): DecodedBody {
  const body = decoded(decodeJson, bodyOf(call).bytes, (reason) =>
    badRequest(`error decoding patch: ${reason}`),
  );
  if (type === "json" ? Array.isArray(body.value) : isPlainObject(body.value)) return body;
  const wanted = type === "json" ? "a list of operations" : "an object";
  throw new StoreFailure("STORE_BAD_PATCH", [`the patch is not ${wanted}`]);
}

function strayInPatch(kind: Kind, type: Patch["type"], { value, duplicates }: DecodedBody): string[] {
  return type === "json"
    ? shownStray(duplicates, patchStrayFields(kind, value))
    : strayFields(kind, patchedFields(value), duplicates);
}

function checkPatchNamespace(value: unknown, namespace: string | undefined): void {
  const metadata = isPlainObject(value) ? value["metadata"] : undefined;
  if (isPlainObject(metadata)) checkNamespace(metadata["namespace"], namespace);
}
