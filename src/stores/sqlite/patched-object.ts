import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import { jsonPatch } from "../../core/resources/json-patch.ts";
import type { Kind } from "../../core/resources/kind.ts";
import { mergePatch } from "../../core/resources/merge-patch.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { strategicPatch } from "../../core/resources/strategic-patch.ts";
import { failedPatch, invalidPatch, strategicUnsupported } from "../refusals.ts";
import { StoreFailure } from "../store-failure.ts";
import type { WriteRequest } from "./protocol.ts";

type PatchRequest = Extract<WriteRequest, { readonly operation: "patch" }>;

/** What the stored object, which is changed, becomes by the patch, before admission (admin-api spec §8.3). */
export function patchedObject(kind: Kind, request: PatchRequest, previous: Resource): unknown {
  const patch: unknown = JSON.parse(request.patch);
  if (request.patchType === "json") return operatedObject(kind, request, { patch, previous });
  if (request.patchType === "strategic" && kind.custom) throw strategicUnsupported(kind, request.ref);
  if (!isPlainObject(patch)) {
    const type = Array.isArray(patch) ? "array" : patch === null ? "null" : typeof patch;
    throw badPatch(
      kind,
      request,
      `json: cannot unmarshal ${type} into Go value of type map[string]interface {}`,
    );
  }
  if (request.patchType === "merge") return mergePatch(previous, patch);
  const result = strategicPatch(previous as unknown as PlainObject, patch);
  if (result.kind === "bad-patch") throw invalidPatch(kind, request.ref, result.problem);
  return result.value;
}

function operatedObject(
  kind: Kind,
  request: PatchRequest,
  { patch, previous }: { readonly patch: unknown; readonly previous: Resource },
): unknown {
  const result = jsonPatch(previous, patch);
  switch (result.kind) {
    case "patched":
      return result.value;
    case "unreadable":
      throw badPatch(kind, request, result.problem);
    case "too-large":
      throw new StoreFailure("STORE_PATCH_TOO_LARGE", [result.problem], {
        resource: kind,
        ref: request.ref,
      });
    case "failed":
      throw failedPatch(kind, request.ref, result.problem);
  }
}

function badPatch(kind: Kind, { ref }: PatchRequest, problem: string): StoreFailure {
  return new StoreFailure("STORE_BAD_PATCH", [problem], { resource: kind, ref });
}
