import { AdminFailure, badRequest } from "../admin-failure.ts";
import { decodeJson } from "./decode-json.ts";
import { decodeYaml } from "./decode-yaml.ts";
import { UnreadableBody, type DecodedBody } from "./decoded-body.ts";
import { decoded, YAML_LIMIT } from "./read-body.ts";

/**
 * The body of a server-side apply: YAML, of which JSON is a part. kubectl sends JSON, which may be as large as any
 * body; what is YAML in earnest may not.
 */
export function readApplyBody(bytes: Uint8Array): DecodedBody {
  try {
    return decodeJson(bytes);
  } catch (error) {
    if (!(error instanceof UnreadableBody)) throw error;
  }
  if (bytes.length > YAML_LIMIT) throw new AdminFailure("ADMIN_TOO_LARGE", [YAML_LIMIT]);
  return decoded(decodeYaml, bytes, (reason) => badRequest(`error decoding YAML: ${reason}`));
}
