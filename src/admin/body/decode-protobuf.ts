import { messages, unknownMessage } from "../protobuf/messages.ts";
import { readMessage } from "../protobuf/read-message.ts";
import { UnreadableBody, type DecodedBody } from "./decoded-body.ts";

const MAGIC = Buffer.from("k8s\0");

/** `application/vnd.kubernetes.protobuf` → what the same JSON would be; throws UnreadableBody. */
export function decodeProtobuf(bytes: Uint8Array): DecodedBody {
  if (!MAGIC.equals(bytes.subarray(0, 4))) throw new UnreadableBody("protobuf: the body has no k8s prefix");
  try {
    return { value: decode(bytes.subarray(4)), duplicates: [] };
  } catch (error) {
    if (error instanceof UnreadableBody) throw error;
    throw new UnreadableBody("protobuf: the body is truncated or malformed");
  }
}

/** As `unknownMessage` declares it. */
interface Envelope {
  readonly typeMeta?: { readonly apiVersion?: string; readonly kind?: string };
  readonly raw?: string;
  readonly contentEncoding?: string;
}

function decode(bytes: Uint8Array): unknown {
  const envelope: Envelope = readMessage(unknownMessage, bytes);
  const { apiVersion, kind } = envelope.typeMeta ?? {};
  const message = messages.get(kind ?? "");
  if (!message) throw new UnreadableBody("protobuf: this kind is not read as protobuf");
  if (envelope.contentEncoding) throw new UnreadableBody("protobuf: encoded contents are not supported");
  const raw = Buffer.from(envelope.raw ?? "", "base64");
  return { apiVersion, kind, ...readMessage(message, raw) };
}
