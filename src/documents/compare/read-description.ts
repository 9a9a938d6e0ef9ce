import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { isOdataJson } from "../check/check-odata-json.ts";
import { limits } from "../check/limits.ts";
import { parseDocument } from "../check/parse-document.ts";
import { readText } from "../check/read-text.ts";
import { isOldAsyncApi, upgradeAsyncApi } from "../check/upgrade-asyncapi.ts";
import { walkDocument } from "../check/walk-document.ts";
import { rootElement } from "../check/xml-prolog.ts";
import { xmlSyntaxError } from "../check/xml-syntax.ts";
import { readXmlTree } from "../check/xml-tree.ts";
import type { NewDocument } from "../document.ts";
import { odataFromJson } from "./odata-from-json.ts";
import { odataFromXml } from "./odata-from-xml.ts";
import type { ODataModel } from "./odata-model.ts";

type Description =
  | { readonly kind: "openapi" | "asyncapi"; readonly root: PlainObject }
  | { readonly kind: "odata"; readonly model: ODataModel }
  /** Ends the sentence “the document …”. */
  | { readonly unreadable: string };

/** A document that can be compared: OpenAPI, OData, or AsyncAPI with its old versions made 2.0.0. */
export function readDescription(document: NewDocument): Description {
  if (document.content.length > limits.content) return { unreadable: "is too large" };
  const read = readText(document.content);
  const parsed = read && parseDocument(read.text, document);
  if (parsed?.kind === "unchecked") return { unreadable: "is too large or nests too deeply" };
  if (parsed?.kind === "xml") return readXml(parsed.text);
  if (parsed?.kind !== "data" || !isPlainObject(parsed.value))
    return { unreadable: "is no description of an interface" };
  const root = parsed.value;
  if (typeof walkDocument(root) !== "number") {
    return { unreadable: "is too large or nests too deeply" };
  }
  if (Object.hasOwn(root, "openapi") || Object.hasOwn(root, "swagger")) return { kind: "openapi", root };
  if (isOdataJson(root)) return { kind: "odata", model: odataFromJson(root) };
  const version = ownValue(root, "asyncapi");
  if (typeof version !== "string") return { unreadable: "is neither OpenAPI, AsyncAPI nor OData" };
  return { kind: "asyncapi", root: isOldAsyncApi(version) ? upgradeAsyncApi(root) : root };
}

function readXml(text: string): Description {
  if (rootElement(text) !== "Edmx" || xmlSyntaxError(text))
    return { unreadable: "is no description of an interface" };
  return { kind: "odata", model: odataFromXml(readXmlTree(text)) };
}
