import type { PlainObject } from "../../core/plain-object.ts";
import { writePointer } from "../check/json-pointer.ts";
import { attributeOf, childrenOf } from "../check/xml-tree.ts";
import type {
  ODataModel,
  ODataOperation,
  ODataParameter,
  ODataProperty,
  ODataResource,
  ODataType,
} from "./odata-model.ts";
import { TypeNames } from "./type-names.ts";

const TYPES = [
  ["EntityType", "entity type"],
  ["ComplexType", "complex type"],
  ["EnumType", "enumeration"],
  ["TypeDefinition", "type definition"],
] as const;

const RESOURCES = [
  ["EntitySet", "entity set", "EntityType"],
  ["Singleton", "singleton", "Type"],
  ["ActionImport", "action import", "Action"],
  ["FunctionImport", "function import", "Function"],
] as const;

const FACETS = ["MaxLength", "Precision", "Scale"];

/** The model of CSDL XML, V2 to V4, from the tree of its elements. */
export function odataFromXml(tree: PlainObject): ODataModel {
  const edmx = childrenOf(tree, "Edmx")[0] ?? {};
  const services = childrenOf(edmx, "DataServices");
  const schemas = services.flatMap((service) => childrenOf(service, "Schema"));
  const version = services[0] && attributeOf(services[0], "DataServiceVersion");
  const reader = new XmlReader(schemas);
  return { protocol: (version ?? attributeOf(edmx, "Version") ?? "").slice(0, 1), ...reader.read() };
}

/** The other end of an association of V2 and V3. */
interface End {
  readonly type: string;
  readonly multiplicity: string;
}

class XmlReader {
  readonly #schemas: readonly PlainObject[];
  readonly #names: TypeNames;
  /** Qualified name of an association → role → end. */
  readonly #associations = new Map<string, ReadonlyMap<string, End>>();

  constructor(schemas: readonly PlainObject[]) {
    this.#schemas = schemas;
    const aliases = schemas.map((schema): [string, string] => [
      attributeOf(schema, "Alias") ?? namespaceOf(schema),
      namespaceOf(schema),
    ]);
    this.#names = new TypeNames(new Map(aliases));
    for (const schema of schemas) {
      for (const association of childrenOf(schema, "Association")) this.#readAssociation(schema, association);
    }
  }

  read(): Omit<ODataModel, "protocol"> {
    const types = new Map<string, ODataType>();
    const operations: ODataOperation[] = [];
    const resources = new Map<string, ODataResource>();
    for (const schema of this.#schemas) {
      const namespace = namespaceOf(schema);
      for (const [element, kind] of TYPES) {
        for (const type of childrenOf(schema, element)) {
          const name = nameOf(type);
          types.set(`${namespace}.${name}`, this.#readType(type, kind, writePointer([namespace, name])));
        }
      }
      for (const [element, kind] of [["Action", "action"] as const, ["Function", "function"] as const]) {
        for (const operation of childrenOf(schema, element)) {
          const path = writePointer([namespace, nameOf(operation)]);
          const name = `${namespace}.${nameOf(operation)}`;
          operations.push({ ...this.#readOperation(operation, kind, path), name });
        }
      }
      for (const container of childrenOf(schema, "EntityContainer")) {
        const path = writePointer([namespace, nameOf(container)]);
        this.#readContainer(container, path, { operations, resources });
      }
    }
    return { types, operations, resources };
  }

  #readAssociation(schema: PlainObject, association: PlainObject): void {
    const ends = childrenOf(association, "End").map((end): [string, End] => [
      attributeOf(end, "Role") ?? "",
      {
        type: this.#names.qualified(attributeOf(end, "Type") ?? ""),
        multiplicity: attributeOf(end, "Multiplicity") ?? "1",
      },
    ]);
    this.#associations.set(`${namespaceOf(schema)}.${nameOf(association)}`, new Map(ends));
  }

  #readType(element: PlainObject, kind: ODataType["kind"], path: string): ODataType {
    const base = attributeOf(element, "BaseType");
    const isTrue = (name: string) => attributeOf(element, name) === "true";
    const keys = childrenOf(element, "Key").flatMap((key) => childrenOf(key, "PropertyRef"));
    const members = childrenOf(element, "Member").map((member, index): [string, string] => [
      nameOf(member),
      attributeOf(member, "Value") ?? String(index),
    ]);
    const properties = [
      ...childrenOf(element, "Property").map((property) => this.#readProperty(property, path)),
      ...childrenOf(element, "NavigationProperty").map((property) => this.#readNavigation(property, path)),
    ];
    return {
      kind,
      base: base === undefined ? undefined : this.#names.qualified(base),
      underlying: attributeOf(element, "UnderlyingType") ?? (kind === "enumeration" ? "Edm.Int32" : ""),
      isAbstract: isTrue("Abstract"),
      isOpen: isTrue("OpenType"),
      hasStream: isTrue("HasStream"),
      key: keys.map(nameOf),
      properties: new Map(properties),
      members: new Map(members),
      path,
    };
  }

  #readProperty(element: PlainObject, parent: string): [string, ODataProperty] {
    const facets = FACETS.flatMap((name): [string, number][] => {
      const value = Number(attributeOf(element, name) ?? "");
      return attributeOf(element, name) !== undefined && Number.isFinite(value) ? [[name, value]] : [];
    });
    // SAP's services of V2 say of a property that nobody sends it.
    const isCreatable = attributeOf(element, "creatable") !== "false";
    const property = {
      type: this.#names.qualified(attributeOf(element, "Type") ?? "Edm.String"),
      isNullable: attributeOf(element, "Nullable") !== "false",
      isFilled: attributeOf(element, "DefaultValue") !== undefined || isComputed(element) || !isCreatable,
      facets: new Map(facets),
      path: `${parent}${writePointer([nameOf(element)])}`,
    };
    return [nameOf(element), property];
  }

  #readNavigation(element: PlainObject, parent: string): [string, ODataProperty] {
    const declared = attributeOf(element, "Type");
    const end = this.#associations
      .get(this.#names.qualified(attributeOf(element, "Relationship") ?? ""))
      ?.get(attributeOf(element, "ToRole") ?? "");
    const linked = end?.multiplicity === "*" ? `Collection(${end.type})` : (end?.type ?? "");
    const type = declared === undefined ? linked : this.#names.qualified(declared);
    const isMany = type.startsWith("Collection(");
    const mayBeNone =
      declared === undefined ? end?.multiplicity !== "1" : attributeOf(element, "Nullable") !== "false";
    const property = {
      type,
      isNullable: mayBeNone && !isMany,
      // Links are made when both ends are there; a collection may be empty.
      isFilled: isMany || isComputed(element),
      facets: new Map<string, number>(),
      path: `${parent}${writePointer([nameOf(element)])}`,
    };
    return [nameOf(element), property];
  }

  #readOperation(element: PlainObject, kind: ODataOperation["kind"], path: string): ODataOperation {
    const [returned] = childrenOf(element, "ReturnType");
    const returns = attributeOf(element, "ReturnType") ?? (returned && attributeOf(returned, "Type")) ?? "";
    return {
      kind,
      name: nameOf(element),
      isBound: attributeOf(element, "IsBound") === "true",
      parameters: childrenOf(element, "Parameter").map((parameter) => this.#readParameter(parameter)),
      returns: this.#names.qualified(returns),
      path,
    };
  }

  #readParameter(element: PlainObject): ODataParameter {
    const annotations = childrenOf(element, "Annotation");
    return {
      name: nameOf(element),
      type: this.#names.qualified(attributeOf(element, "Type") ?? ""),
      isNullable: attributeOf(element, "Nullable") !== "false",
      isOptional: annotations.some((annotation) => hasTerm(annotation, "OptionalParameter")),
    };
  }

  #readContainer(
    container: PlainObject,
    path: string,
    into: { readonly operations: ODataOperation[]; readonly resources: Map<string, ODataResource> },
  ): void {
    for (const [element, kind, target] of RESOURCES) {
      for (const resource of childrenOf(container, element)) {
        const name = nameOf(resource);
        const at = `${path}${writePointer([name])}`;
        const behind = this.#names.qualified(attributeOf(resource, target) ?? "");
        into.resources.set(name, { kind, target: behind, path: at });
        // Up to V3 an import is the function itself.
        if (kind === "function import" && behind === "")
          into.operations.push(this.#readOperation(resource, "function", at));
      }
    }
  }
}

function namespaceOf(schema: PlainObject): string {
  return attributeOf(schema, "Namespace") ?? "";
}

function nameOf(element: PlainObject): string {
  return attributeOf(element, "Name") ?? "";
}

function isComputed(element: PlainObject): boolean {
  return childrenOf(element, "Annotation").some((annotation) => hasTerm(annotation, "Computed"));
}

/** By the end of the name: before it stands the vocabulary, or an alias of it. */
function hasTerm(annotation: PlainObject, term: string): boolean {
  return (
    attributeOf(annotation, "Term")?.split(".").at(-1) === term && attributeOf(annotation, "Bool") !== "false"
  );
}
