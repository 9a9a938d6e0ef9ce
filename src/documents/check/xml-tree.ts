import { XMLParser } from "fast-xml-parser";
import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { limits } from "./limits.ts";

const ATTRIBUTE = "@";

/** Every element a list, so that one and many look alike; entities stay as they are written. */
const parser = new XMLParser({
  processEntities: false,
  ignoreAttributes: false,
  attributeNamePrefix: ATTRIBUTE,
  removeNSPrefix: true,
  parseTagValue: false,
  parseAttributeValue: false,
  ignoreDeclaration: true,
  ignorePiTags: true,
  maxNestedTags: limits.elements,
  isArray: (_name, _path, _leaf, isAttribute) => !isAttribute,
});

/** The elements of well-formed XML by their names without prefixes. Throws where they nest too deeply. */
export function readXmlTree(text: string): PlainObject {
  return parser.parse(text) as PlainObject;
}

/** An element without attributes and children is read as an empty text. */
export function childrenOf(element: PlainObject, name: string): readonly PlainObject[] {
  const value = ownValue(element, name);
  return Array.isArray(value) ? value.map((child: unknown) => (isPlainObject(child) ? child : {})) : [];
}

export function attributeOf(element: PlainObject, name: string): string | undefined {
  const value = ownValue(element, `${ATTRIBUTE}${name}`);
  return typeof value === "string" ? value : undefined;
}
