import { AdminFailure } from "../admin-failure.ts";
import { messages } from "../protobuf/messages.ts";
import { decodeJson } from "./decode-json.ts";
import { decodeProtobuf } from "./decode-protobuf.ts";
import { decodeYaml } from "./decode-yaml.ts";
import { UnreadableBody, type DecodedBody } from "./decoded-body.ts";
import { mediaTypeOf } from "./media-type.ts";

type Decoder = (bytes: Uint8Array) => DecodedBody;

const DECODERS: Readonly<Record<string, Decoder>> = {
  "application/json": decodeJson,
  "application/yaml": decodeYaml,
  "application/vnd.kubernetes.protobuf": decodeProtobuf,
};

/**
 * Three megabytes of YAML take a parser seconds, in which nothing else is served. Nobody sends that: kubectl
 * and helm turn what they read into JSON.
 */
export const YAML_LIMIT = 262_144;

/**
 * The body of a request that carries an object of `kind` (or DeleteOptions). 415 for a media type that is
 * not read, 400 for a body that is none; no message quotes it.
 */
export function readBody(bytes: Uint8Array, contentType: string | undefined, kind: string): DecodedBody {
  const mediaType = mediaTypeOf(contentType) || "application/json";
  const decode = Object.hasOwn(DECODERS, mediaType) ? DECODERS[mediaType] : undefined;
  const readable = messages.has(kind) || decode !== decodeProtobuf;
  if (!decode || !readable) throw unsupportedMediaType(Object.keys(DECODERS));
  if (decode === decodeYaml && bytes.length > YAML_LIMIT)
    throw new AdminFailure("ADMIN_TOO_LARGE", [YAML_LIMIT]);
  return decoded(decode, bytes, (reason) => new AdminFailure("ADMIN_UNRECOGNIZED", [kind, reason]));
}

/** Runs a decoder and turns its UnreadableBody into a refusal. */
export function decoded(
  decode: Decoder,
  bytes: Uint8Array,
  refusal: (reason: string) => AdminFailure,
): DecodedBody {
  try {
    return decode(bytes);
  } catch (error) {
    if (error instanceof UnreadableBody) throw refusal(error.message);
    throw error;
  }
}

export function unsupportedMediaType(accepted: readonly string[]): AdminFailure {
  return new AdminFailure("ADMIN_MEDIA_TYPE", [accepted.join(", ")]);
}
