/** Names of types with their namespace in place of its alias, which is nobody's business but the document's. */
export class TypeNames {
  /** Alias → namespace. */
  readonly #namespaces: ReadonlyMap<string, string>;

  constructor(namespaces: ReadonlyMap<string, string>) {
    this.#namespaces = namespaces;
  }

  qualified(name: string): string {
    const [, inner] = /^Collection\((.*)\)$/.exec(name) ?? [];
    if (inner !== undefined) return `Collection(${this.qualified(inner)})`;
    const dot = name.lastIndexOf(".");
    const namespace = this.#namespaces.get(name.slice(0, Math.max(dot, 0)));
    return namespace === undefined ? name : `${namespace}${name.slice(dot)}`;
  }
}
