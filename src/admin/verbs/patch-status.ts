import { isPlainObject, type PlainObject } from "../../core/plain-object.ts";
import { mergePatch } from "../../core/resources/merge-patch.ts";
import type { Resource } from "../../core/resources/resource.ts";
import { strategicPatch } from "../../core/resources/strategic-patch.ts";
import { invalidPatch, notFound } from "../../stores/refusals.ts";
import type { Patch, Writing } from "../../stores/store.ts";
import { isStoreFailure } from "../../stores/store-failure.ts";
import { refOf, type Call } from "./call.ts";

const ATTEMPTS = 5;

/**
 * Reads, patches and writes the status. A concurrent write makes it begin again, unless the patch names the
 * version that it was made for.
 */
export async function patchStatusOnce(call: Call, patch: Patch, options: Writing): Promise<Resource> {
  for (let attempt = 1; ; attempt++) {
    const stored = await call.collection.get(refOf(call));
    if (!stored) throw notFound(call.kind, refOf(call));
    try {
      return await call.collection.updateStatus(patched(call, stored, patch), options);
    } catch (error) {
      const retried = isStoreFailure(error, "STORE_CONFLICT") && !namesVersion(patch.value);
      if (!retried || attempt === ATTEMPTS) throw error;
    }
  }
}

function patched(call: Call, stored: Resource, patch: Patch): Resource {
  if (patch.type === "merge") return mergePatch(stored, patch.value) as Resource;
  const result = strategicPatch(stored as unknown as PlainObject, patch.value as PlainObject);
  if (result.kind === "bad-patch") throw invalidPatch(call.kind, refOf(call), result.problem);
  return result.value as unknown as Resource;
}

function namesVersion(patch: unknown): boolean {
  const metadata = isPlainObject(patch) ? patch["metadata"] : undefined;
  return isPlainObject(metadata) && metadata["resourceVersion"] !== undefined;
}
