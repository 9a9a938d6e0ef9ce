import { clusterAssetGroupKind, type ClusterAssetGroup } from "../core/resources/cluster-asset-group.ts";
import { clusterAssetKind, type ClusterAsset } from "../core/resources/cluster-asset.ts";
import type { Collection } from "../stores/store.ts";
import { assetName } from "./asset-object.ts";
import { SERVICE_BUCKET } from "./document-url.ts";
import type { DocumentsContext } from "./documents-context.ts";
import { readVersions } from "./document-versions.ts";
import { documentsOf } from "./group-object.ts";
import { marks } from "./marks.ts";
import { uploadName } from "./upload-object.ts";

export interface StoredFile {
  readonly fileName: string;
  readonly hash: string;
  readonly content: Buffer;
  /** Whether its URL never means other content. */
  readonly isFixed: boolean;
}

/** Finds what a bucket and a key name. Only what an object names can be found, not everything that is kept. */
export class StoredFiles {
  readonly #context: DocumentsContext;
  readonly #groups: Collection<ClusterAssetGroup>;
  readonly #assets: Collection<ClusterAsset>;

  constructor(context: DocumentsContext) {
    this.#context = context;
    this.#groups = context.store.collection(clusterAssetGroupKind);
    this.#assets = context.store.collection(clusterAssetKind);
  }

  async find(bucket: string, key: readonly string[]): Promise<StoredFile | undefined> {
    const isFixed = bucket === SERVICE_BUCKET;
    const hash = isFixed ? await this.#documentHash(key) : await this.#uploadHash(bucket, key);
    const content = hash === undefined ? undefined : await this.#context.blobs.get(hash);
    const fileName = key.at(-1) ?? "";
    return hash === undefined || !content ? undefined : { fileName, hash, content, isFixed };
  }

  async #uploadHash(bucket: string, key: readonly string[]): Promise<string | undefined> {
    const asset = await this.#assets.get({ name: uploadName(bucket, key.join("/")) });
    return asset?.metadata.annotations?.[marks.uploaded];
  }

  /** `<group>/<hash>/<file name>`; the hash is one of the group's documents, in any version, or published. */
  async #documentHash(key: readonly string[]): Promise<string | undefined> {
    const [name = "", hash = "", fileName, ...more] = key;
    if (fileName === undefined || more.length > 0) return undefined;
    const group = await this.#groups.get({ name });
    if (!group) return undefined;
    const versions = readVersions(group.metadata.annotations?.[marks.versions]);
    const documents = [documentsOf(group), ...versions.map((version) => version.documents)].flat();
    const isUploaded = documents.some((document) => document.hash === hash && document.fileName === fileName);
    const names = new Set(documents.map((document) => assetName(name, document)));
    return isUploaded || (await this.#isPublished(names, { hash, fileName })) ? hash : undefined;
  }

  /** Assets of the version before stand until those of the new one have been checked. */
  async #isPublished(
    names: ReadonlySet<string>,
    wanted: { readonly hash: string; readonly fileName: string },
  ): Promise<boolean> {
    const assets = await Promise.all(Array.from(names, (name) => this.#assets.get({ name })));
    return assets.some(
      (asset) =>
        asset?.metadata.annotations?.[marks.published] === wanted.hash &&
        asset.status?.assetRef?.files?.some(({ name }) => name === wanted.fileName) === true,
    );
  }
}
