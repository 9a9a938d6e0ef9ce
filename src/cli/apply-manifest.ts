import { isPlainObject, type PlainObject } from "../core/plain-object.ts";
import { CommandError } from "./command-error.ts";
import { objectAt, textAt } from "./json-fields.ts";
import { lastApplied, LAST_APPLIED, withLastApplied } from "./manifests/last-applied.ts";
import type { Manifest } from "./manifests/manifest.ts";
import { dataOfSecret } from "./manifests/secret-data.ts";
import { threeWayMerge } from "./manifests/three-way-merge.ts";
import type { OpenServer } from "./server/open-server.ts";
import { pathOf, printedName, type ResourceType } from "./server/resource-type.ts";
import { StatusError } from "./server/status-error.ts";

export interface Applying {
  readonly server: OpenServer;
  readonly dryRun: boolean;
  /** From the command line; an object that names another is refused. */
  readonly namespace?: string;
  readonly warn: (text: string) => void;
}

export interface Applied {
  readonly type: ResourceType;
  readonly name: string;
  readonly verb: "created" | "configured" | "unchanged";
  /** As the server has it now. */
  readonly object: unknown;
}

/**
 * kubectl's client-side apply: create what is not there, else send the difference between what was applied
 * last, the file and the server. The field manager is kubectl's, because the annotation is.
 */
export async function applyManifest(manifest: Manifest, applying: Applying): Promise<Applied> {
  const { apiVersion, kind, name } = manifest;
  const type = await applying.server.discovery.typeOf(apiVersion, kind);
  if (!type) {
    throw new CommandError(
      `error: ${manifest.source}: the server has no kind "${kind}" in version "${apiVersion}"`,
    );
  }
  const namespace = type.namespaced ? namespaceOf(manifest, applying) : undefined;
  const modified = withLastApplied(dataOfSecret(placed(manifest.object, namespace)));
  const path = pathOf(type, namespace, name);
  const current = await find(path, applying).catch(saying(`error when retrieving "${manifest.source}"`));
  if (!current) {
    const collection = pathOf(type, namespace);
    const object = await write(applying, { method: "POST", path: collection, body: modified }).catch(
      saying(`error when creating "${manifest.source}"`),
    );
    return { type, name, verb: "created", object };
  }
  const original = lastApplied(current);
  if (!original) applying.warn(`${printedName(type, name)} was not made by apply: ${LAST_APPLIED} is added`);
  const patch = threeWayMerge({ original, modified, current });
  if (!patch) return { type, name, verb: "unchanged", object: current };
  const object = await write(applying, { method: "PATCH", path, body: patch }).catch(
    saying(`error when patching "${manifest.source}"`),
  );
  // A dry run never raises the version.
  const same = !applying.dryRun && isSame(object, current);
  return { type, name, verb: same ? "unchanged" : "configured", object };
}

function namespaceOf(manifest: Manifest, { namespace: wanted, server }: Applying): string {
  const own = manifest.namespace || undefined;
  if (own !== undefined && wanted && own !== wanted) {
    throw new CommandError(
      `error: ${manifest.source}: the namespace from the provided object "${own}" does not match the ` +
        `namespace "${wanted}". You must pass '--namespace=${own}' to perform this operation.`,
    );
  }
  return own ?? (wanted || server.connection.namespace);
}

/** The object in its namespace, without one where its kind has none. */
function placed(object: PlainObject, namespace: string | undefined): PlainObject {
  const { namespace: _own, ...metadata } = objectAt(object, "metadata") ?? {};
  return { ...object, metadata: namespace === undefined ? metadata : { ...metadata, namespace } };
}

async function find(path: string, { server }: Applying): Promise<PlainObject | undefined> {
  try {
    const { body } = await server.client.request({ path });
    return isPlainObject(body) ? body : undefined;
  } catch (error) {
    if (error instanceof StatusError && error.code === 404) return undefined;
    throw error;
  }
}

interface Write {
  readonly method: "POST" | "PATCH";
  readonly path: string;
  readonly body: PlainObject;
}

async function write({ server, dryRun, warn }: Applying, request: Write): Promise<unknown> {
  const { body, warnings } = await server.client.request({
    ...request,
    query: {
      fieldManager: "kubectl-client-side-apply",
      fieldValidation: "Strict",
      ...(dryRun ? { dryRun: "All" } : {}),
    },
    contentType: request.method === "PATCH" ? "application/merge-patch+json" : "application/json",
  });
  for (const warning of warnings) warn(warning);
  return body;
}

/** The server keeps the version of an object that a patch did not change. */
function isSame(object: unknown, current: PlainObject): boolean {
  const version = textAt(object, "metadata", "resourceVersion");
  return version !== undefined && version === textAt(current, "metadata", "resourceVersion");
}

function saying(activity: string): (error: unknown) => never {
  return (error) => {
    throw error instanceof StatusError ? error.during(activity) : error;
  };
}
