import type { PlainObject } from "../../core/plain-object.ts";
import { nearestName } from "../../config/nearest-name.ts";
import { CommandError } from "../command-error.ts";
import { objectsAt, textAt, textsAt, valueAt } from "../json-fields.ts";
import type { ApiClient } from "./api-client.ts";
import type { ResourceType } from "./resource-type.ts";
import { StatusError } from "./status-error.ts";

/** What kinds the server has, asked when they are needed and no more than once in a command. */
export class Discovery {
  readonly #client: ApiClient;
  readonly #versions = new Map<string, Promise<readonly ResourceType[]>>();
  #all: Promise<readonly ResourceType[]> | undefined;

  constructor(client: ApiClient) {
    this.#client = client;
  }

  all(): Promise<readonly ResourceType[]> {
    this.#all ??= this.#fetchAll();
    return this.#all;
  }

  /** The type of a manifest; undefined when the server has none such. */
  async typeOf(apiVersion: string, kind: string): Promise<ResourceType | undefined> {
    const types = await this.#fetchVersion(apiVersion);
    return types.find((type) => type.kind === kind);
  }

  /**
   * The types that a word of a person means: a plural, singular, short name, kind or category, with or
   * without `.group` or `.version.group` behind it.
   */
  async typesNamed(word: string): Promise<readonly ResourceType[]> {
    const types = await this.all();
    const lower = word.toLowerCase();
    const exact = types.find((type) => namesOf(type).has(lower));
    if (exact) return [exact];
    const category = types.filter(({ categories }) => categories.includes(lower));
    if (category.length > 0) return category;
    const nearest = nearestName(lower, types.flatMap(shortNamesOf));
    const meant = nearest ? `: did you mean ${nearest}?` : "";
    throw new CommandError(`error: the server doesn't have a resource type "${word}"${meant}`);
  }

  async #fetchAll(): Promise<readonly ResourceType[]> {
    const [core, { body }] = await Promise.all([
      this.#fetchVersion("v1"),
      this.#client.request({ path: "/apis" }),
    ]);
    const versions = objectsAt(body, "groups").flatMap(
      (group) => textAt(group, "preferredVersion", "groupVersion") ?? [],
    );
    const found = await Promise.all(versions.map((version) => this.#fetchVersion(version)));
    return [...core, ...found.flat()];
  }

  #fetchVersion(apiVersion: string): Promise<readonly ResourceType[]> {
    const known = this.#versions.get(apiVersion);
    if (known) return known;
    const fetched = this.#request(apiVersion);
    this.#versions.set(apiVersion, fetched);
    return fetched;
  }

  async #request(apiVersion: string): Promise<readonly ResourceType[]> {
    const [group = "", version] = apiVersion.includes("/") ? apiVersion.split("/") : ["", apiVersion];
    const root = group === "" ? "/api" : `/apis/${encodeURIComponent(group)}`;
    try {
      const { body } = await this.#client.request({ path: `${root}/${encodeURIComponent(version ?? "")}` });
      return objectsAt(body, "resources").flatMap((entry) => typeFrom(entry, group, version ?? ""));
    } catch (error) {
      if (error instanceof StatusError && error.code === 404) return [];
      throw error;
    }
  }
}

/** An entry of an APIResourceList; subresources are left out. */
function typeFrom(entry: PlainObject, group: string, version: string): readonly ResourceType[] {
  const plural = textAt(entry, "name");
  const kind = textAt(entry, "kind");
  if (!plural || !kind || plural.includes("/")) return [];
  return [
    {
      group,
      version,
      plural,
      kind,
      singular: textAt(entry, "singularName") ?? kind.toLowerCase(),
      namespaced: valueAt(entry, "namespaced") === true,
      shortNames: textsAt(entry, "shortNames"),
      categories: textsAt(entry, "categories"),
      verbs: textsAt(entry, "verbs"),
    },
  ];
}

function shortNamesOf({ plural, singular, kind, shortNames }: ResourceType): readonly string[] {
  return [plural, singular, kind.toLowerCase(), ...shortNames];
}

function namesOf(type: ResourceType): ReadonlySet<string> {
  const { group, version } = type;
  const short = shortNamesOf(type);
  return new Set(
    group === "" ? short : short.flatMap((name) => [name, `${name}.${group}`, `${name}.${version}.${group}`]),
  );
}
