import type { ApiClient } from "../server/api-client.ts";
import { StatusError } from "../server/status-error.ts";
import { secretSizes } from "./secret-sizes.ts";

/** Whether a Secret that something refers to is there, and with which values. */
export async function secretState(client: ApiClient, namespace: string, name: string): Promise<string> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/secrets/${encodeURIComponent(name)}`;
  const shown = `Secret ${namespace}/${name}`;
  try {
    const { body } = await client.request({ path });
    const keys = secretSizes(body).map(({ key, bytes }) => `${key} ${bytes} bytes`);
    return `${shown} (${keys.join(", ") || "empty"})`;
  } catch (error) {
    if (!(error instanceof StatusError)) throw error;
    return `${shown} (${error.code === 404 ? "MISSING" : `not readable: ${error.reason}`})`;
  }
}
