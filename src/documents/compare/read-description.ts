import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { limits } from "../check/limits.ts";
import { parseDocument } from "../check/parse-document.ts";
import { readText } from "../check/read-text.ts";
import { isOldAsyncApi, upgradeAsyncApi } from "../check/upgrade-asyncapi.ts";
import { walkDocument } from "../check/walk-document.ts";
import type { NewDocument } from "../document.ts";

type Description =
  | { readonly kind: "openapi" | "asyncapi"; readonly root: PlainObject }
  /** Ends the sentence “the document …”. */
  | { readonly unreadable: string };

/** A document that can be compared: OpenAPI, or AsyncAPI with its old versions made 2.0.0. */
export function readDescription(document: NewDocument): Description {
  if (document.content.length > limits.content) return { unreadable: "is too large" };
  const read = readText(document.content);
  const parsed = read && parseDocument(read.text, document);
  if (parsed?.kind === "unchecked") return { unreadable: "is too large or nests too deeply" };
  if (parsed?.kind !== "data" || !isPlainObject(parsed.value))
    return { unreadable: "is no description of an interface" };
  const root = parsed.value;
  if (typeof walkDocument(root) !== "number") {
    return { unreadable: "is too large or nests too deeply" };
  }
  if (Object.hasOwn(root, "openapi") || Object.hasOwn(root, "swagger")) return { kind: "openapi", root };
  const version = ownValue(root, "asyncapi");
  if (typeof version !== "string") return { unreadable: "is neither OpenAPI nor AsyncAPI" };
  return { kind: "asyncapi", root: isOldAsyncApi(version) ? upgradeAsyncApi(root) : root };
}
