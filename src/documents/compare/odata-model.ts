/** A property or navigation property of a type. */
export interface ODataProperty {
  /** Qualified by its namespace, such as `Collection(shop.Order)`. */
  readonly type: string;
  readonly isNullable: boolean;
  /** Whether somebody who creates an entity need not send it although it is not null. */
  readonly isFilled: boolean;
  /** `MaxLength` and the like, where they are numbers. */
  readonly facets: ReadonlyMap<string, number>;
  readonly path: string;
}

export interface ODataType {
  readonly kind: "entity type" | "complex type" | "enumeration" | "type definition";
  readonly base: string | undefined;
  /** Of an enumeration or a type definition. */
  readonly underlying: string;
  readonly isAbstract: boolean;
  readonly isOpen: boolean;
  readonly hasStream: boolean;
  readonly key: readonly string[];
  readonly properties: ReadonlyMap<string, ODataProperty>;
  /** Of an enumeration, with their values. */
  readonly members: ReadonlyMap<string, string>;
  readonly path: string;
}

export interface ODataParameter {
  readonly name: string;
  readonly type: string;
  readonly isNullable: boolean;
  /** Whether it may be left out. */
  readonly isOptional: boolean;
}

/** One overload of an action or a function, or a function import of V2 and V3. */
export interface ODataOperation {
  readonly kind: "action" | "function";
  readonly name: string;
  /** The binding parameter comes first. */
  readonly isBound: boolean;
  readonly parameters: readonly ODataParameter[];
  /** Empty: nothing. */
  readonly returns: string;
  readonly path: string;
}

/** What the service offers at a path of its own. */
export interface ODataResource {
  readonly kind: "entity set" | "singleton" | "action import" | "function import";
  /** The type, action or function behind it. */
  readonly target: string;
  readonly path: string;
}

/** What callers see of an OData service, in whichever version and syntax it is described. */
export interface ODataModel {
  /** 2, 3 and 4 are other protocols: other URLs, other bodies. */
  readonly protocol: string;
  /** By qualified name. */
  readonly types: ReadonlyMap<string, ODataType>;
  readonly operations: readonly ODataOperation[];
  readonly resources: ReadonlyMap<string, ODataResource>;
}
