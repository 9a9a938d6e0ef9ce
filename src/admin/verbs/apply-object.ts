import { isPlainObject } from "../../core/plain-object.ts";
import { admissionWarnings } from "../../core/resources/warnings.ts";
import type { Patching } from "../../stores/store.ts";
import { badRequest } from "../admin-failure.ts";
import { sendObject } from "../answer/send.ts";
import { noteForAudit } from "../audit-note.ts";
import { shownStray, warningsOf } from "../body/field-validation.ts";
import { readApplyBody } from "../body/read-apply-body.ts";
import { checkNamespace, unnamed } from "../body/read-object.ts";
import { applyParameters } from "../query/write-parameters.ts";
import { bodyOf, writerOf, objectView, refOf, warn, type Call } from "./call.ts";

/** Server-side apply (admin-api spec §9), which makes the object where there is none. */
export async function applyObject(call: Call, part: Pick<Patching, "subresource">): Promise<unknown> {
  const { kind, collection, reply } = call;
  const view = objectView(call);
  const { dryRun, fieldValidation, force } = applyParameters(call.query);
  noteForAudit(call.request, { dryRun });
  const { value, duplicates } = readApplyBody(bodyOf(call).bytes);
  const metadata = isPlainObject(value) ? value["metadata"] : undefined;
  if (isPlainObject(metadata)) checkNamespace(metadata["namespace"], call.namespace);
  await checkIsNamed(call, metadata);
  // Unknown fields are refused in any case, so that duplicates alone are left to warn of.
  const warnings = warningsOf(fieldValidation, shownStray(duplicates, []), (problem) =>
    badRequest(`error decoding YAML: ${problem}`),
  );
  const options = { dryRun, force, manager: writerOf(call), ...part };
  const applied = await collection.apply(refOf(call), value, options);
  warn(call, [...warnings, ...admissionWarnings(kind, applied.value)]);
  if (applied.created) void reply.code(201);
  return sendObject(reply, view, applied.value);
}

/** Who makes an object must name it; who changes one need not. */
async function checkIsNamed(call: Call, metadata: unknown): Promise<void> {
  if (isPlainObject(metadata) && metadata["name"]) return;
  if (!(await call.collection.get(refOf(call)))) throw unnamed(call.name);
}
