import { usageError } from "../command-error.ts";

/** A kind of resource as the server lists it in its discovery documents. */
export interface ResourceType {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly verbs: readonly string[];
}

/** As kubectl names an object in what it prints: `application.applicationconnector.kyma-project.io/orders`. */
export function printedName({ group, kind }: ResourceType, name: string): string {
  return `${kind.toLowerCase()}${group === "" ? "" : `.${group}`}/${name}`;
}

/**
 * The path of a collection, or of one object in it. Without a namespace: the objects of all of them. A name
 * that would lead to another path is refused: to delete the object called "" would delete the collection.
 */
export function pathOf(type: ResourceType, namespace: string | undefined, name?: string): string {
  const root = type.group === "" ? `/api/${type.version}` : `/apis/${type.group}/${type.version}`;
  const scope = type.namespaced && namespace ? `/namespaces/${segmentOf(namespace)}` : "";
  return `${root}${scope}/${type.plural}${name === undefined ? "" : `/${segmentOf(name)}`}`;
}

/** One segment of a path. RFC 3986 §5.2.4: what sends the request takes `.` and `..` for steps. */
function segmentOf(name: string): string {
  if (name === "") throw usageError("error: resource name may not be empty");
  if (name === "." || name === "..") throw usageError(`error: invalid resource name "${name}"`);
  return encodeURIComponent(name);
}
