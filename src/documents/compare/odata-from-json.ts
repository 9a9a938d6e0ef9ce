import { isPlainObject, ownValue, type PlainObject } from "../../core/plain-object.ts";
import { writePointer } from "../check/json-pointer.ts";
import { plainText } from "../check/short-text.ts";
import type {
  ODataModel,
  ODataOperation,
  ODataParameter,
  ODataProperty,
  ODataResource,
  ODataType,
} from "./odata-model.ts";
import { listOf, members } from "./resolved.ts";
import { TypeNames } from "./type-names.ts";

const TYPES: ReadonlyMap<string, ODataType["kind"]> = new Map([
  ["EntityType", "entity type"],
  ["ComplexType", "complex type"],
  ["EnumType", "enumeration"],
  ["TypeDefinition", "type definition"],
]);

const FACETS = ["MaxLength", "Precision", "Scale"];

/** The model of CSDL JSON (OData 4.01). */
export function odataFromJson(root: PlainObject): ODataModel {
  const schemas = declared(root).filter(([, schema]) => isPlainObject(schema));
  const aliases = schemas.map(([namespace, schema]): [string, string] => [
    plainText(ownValue(schema as PlainObject, "$Alias") ?? namespace),
    namespace,
  ]);
  const reader = new JsonReader(new TypeNames(new Map(aliases)));
  for (const [namespace, schema] of schemas) {
    for (const [name, element] of declared(schema)) reader.add([namespace, name], element);
  }
  const { types, operations, resources } = reader;
  return { protocol: plainText(ownValue(root, "$Version")).slice(0, 1), types, operations, resources };
}

class JsonReader {
  readonly types = new Map<string, ODataType>();
  readonly operations: ODataOperation[] = [];
  readonly resources = new Map<string, ODataResource>();
  readonly #names: TypeNames;

  constructor(names: TypeNames) {
    this.#names = names;
  }

  add(place: readonly [namespace: string, name: string], element: unknown): void {
    const path = writePointer(place);
    // Actions and functions are lists, one element for each overload.
    for (const value of Array.isArray(element) ? element : [element]) {
      if (!isPlainObject(value)) continue;
      const declaredKind = plainText(ownValue(value, "$Kind"));
      const kind = TYPES.get(declaredKind);
      if (kind) this.types.set(place.join("."), this.#readType(value, kind, path));
      else if (declaredKind === "EntityContainer") this.#addResources(value, path);
      else if (declaredKind === "Action" || declaredKind === "Function") {
        const operation = declaredKind === "Action" ? "action" : "function";
        this.operations.push({ ...this.#readOperation(value, path), kind: operation, name: place.join(".") });
      }
    }
  }

  #readType(element: PlainObject, kind: ODataType["kind"], path: string): ODataType {
    const get = (name: string) => ownValue(element, name);
    const isEnumeration = kind === "enumeration";
    const base = get("$BaseType");
    const properties = isEnumeration
      ? []
      : declared(element).filter(([, property]) => isPlainObject(property));
    return {
      kind,
      base: typeof base === "string" ? this.#names.qualified(base) : undefined,
      underlying: plainText(get("$UnderlyingType") ?? (isEnumeration ? "Edm.Int32" : "")),
      isAbstract: get("$Abstract") === true,
      isOpen: get("$OpenType") === true,
      hasStream: get("$HasStream") === true,
      key: listOf(get("$Key")).map((key) =>
        isPlainObject(key) ? Object.values(key).map(plainText).join() : plainText(key),
      ),
      properties: new Map(
        properties.map(([name, property]) => [name, this.#readProperty(property as PlainObject, path, name)]),
      ),
      members: new Map(
        isEnumeration ? declared(element).map(([name, value]) => [name, plainText(value)]) : [],
      ),
      path,
    };
  }

  #readProperty(element: PlainObject, parent: string, name: string): ODataProperty {
    const facets = FACETS.flatMap((facet): [string, number][] => {
      const value = ownValue(element, `$${facet}`);
      return typeof value === "number" ? [[facet, value]] : [];
    });
    const isCollection = ownValue(element, "$Collection") === true;
    const isNavigation = ownValue(element, "$Kind") === "NavigationProperty";
    return {
      type: this.#typeOf(element),
      isNullable: ownValue(element, "$Nullable") === true,
      isFilled:
        ownValue(element, "$DefaultValue") !== undefined ||
        (isNavigation && isCollection) ||
        hasTerm(element, "Computed"),
      facets: new Map(facets),
      path: `${parent}${writePointer([name])}`,
    };
  }

  #readOperation(element: PlainObject, path: string): Omit<ODataOperation, "kind" | "name"> {
    const returned = ownValue(element, "$ReturnType");
    return {
      isBound: ownValue(element, "$IsBound") === true,
      parameters: listOf(ownValue(element, "$Parameter")).flatMap((parameter) =>
        isPlainObject(parameter) ? [this.#readParameter(parameter)] : [],
      ),
      returns: isPlainObject(returned) ? this.#typeOf(returned) : "",
      path,
    };
  }

  #readParameter(element: PlainObject): ODataParameter {
    return {
      name: plainText(ownValue(element, "$Name")),
      type: this.#typeOf(element),
      isNullable: ownValue(element, "$Nullable") === true,
      isOptional: hasTerm(element, "OptionalParameter"),
    };
  }

  #addResources(container: PlainObject, parent: string): void {
    for (const [name, element] of declared(container)) {
      if (!isPlainObject(element)) continue;
      const get = (member: string) => plainText(ownValue(element, member));
      const path = `${parent}${writePointer([name])}`;
      const target = this.#names.qualified(get("$Action") || get("$Function") || get("$Type"));
      const isSet = ownValue(element, "$Collection") === true;
      const kind = get("$Action")
        ? "action import"
        : get("$Function")
          ? "function import"
          : isSet
            ? "entity set"
            : "singleton";
      this.resources.set(name, { kind, target, path });
    }
  }

  #typeOf(element: PlainObject): string {
    const type = this.#names.qualified(plainText(ownValue(element, "$Type") ?? "Edm.String"));
    return ownValue(element, "$Collection") === true ? `Collection(${type})` : type;
  }
}

/** What a document names itself: members with a dollar belong to CSDL, those with an at are annotations. */
function declared(value: unknown): readonly (readonly [string, unknown])[] {
  return members(value).filter(([name]) => !/[$@]/.test(name));
}

/** By the end of the name: before it stands the vocabulary, or an alias of it. */
function hasTerm(element: PlainObject, term: string): boolean {
  return Object.entries(element).some(
    ([name, value]) => name.startsWith("@") && name.endsWith(`.${term}`) && value !== false,
  );
}
