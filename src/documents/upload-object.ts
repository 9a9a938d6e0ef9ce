import { createHash } from "node:crypto";
import { posix } from "node:path";
import type { ClusterAsset } from "../core/resources/cluster-asset.ts";
import type { New } from "../core/resources/resource.ts";
import { marks } from "./marks.ts";

/** Buckets of uploads; only what is in the first may be open to everybody. */
export type UploadBucket = "public" | "private";

export function isUploadBucket(name: string): name is UploadBucket {
  return name === "public" || name === "private";
}

/** Keys of uploads are free texts, and names of objects are not. */
export function uploadName(bucket: string, key: string): string {
  return `upload-${createHash("sha256").update(`${bucket}/${key}`).digest("hex").slice(0, 40)}`;
}

export interface Upload {
  readonly bucket: UploadBucket;
  /** `<directory>/<file name>`. */
  readonly key: string;
  readonly hash: string;
  readonly size: number;
  readonly url: string;
}

/** The asset that stands for an upload; deleting it removes the upload. */
export function uploadObject({ bucket, key, hash, size, url }: Upload): New<ClusterAsset> {
  return {
    metadata: {
      name: uploadName(bucket, key),
      annotations: { [marks.key]: key, [marks.uploaded]: hash, [marks.size]: String(size) },
    },
    spec: { source: { mode: "single", url }, bucketRef: { name: bucket }, displayName: posix.basename(key) },
  };
}
