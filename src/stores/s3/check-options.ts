import { StoreFailure } from "../store-failure.ts";
import type { S3Options } from "./options.ts";

/** Whether documents are kept in S3. Throws BLOB_STORE_SETTING for settings that cannot be meant so. */
export function usesS3(options: S3Options): boolean {
  const { bucket, endpoint, accessKeyId, secretAccessKeyFile } = options;
  if (bucket === "") {
    if (endpoint !== "" || accessKeyId !== "" || secretAccessKeyFile !== "") {
      throw unusable("bucket", "it is empty, but other settings of the storage are not");
    }
    return false;
  }
  checkPlace(options);
  if ((accessKeyId === "") !== (secretAccessKeyFile === "")) {
    throw unusable("accessKeyId and secretAccessKeyFile", "each needs the other");
  }
  if (options.timeout < 1000) throw unusable("timeout", "it is less than a second");
  return true;
}

function checkPlace({ bucket, endpoint, prefix, region }: S3Options): void {
  // Names of other storages may have capitals and underscores, which AWS had once.
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{1,253}$/.test(bucket))
    throw unusable("bucket", "it is no name of a bucket");
  if (!/^[A-Za-z0-9-]{1,63}$/.test(region)) throw unusable("region", "it is no name of a region");
  if (endpoint !== "" && !isOrigin(endpoint)) {
    throw unusable("endpoint", "it is no http or https address of a host, without path and user");
  }
  // What a server or a proxy on the way may read as another name than the one that was signed.
  if (!/^(?!\/)[A-Za-z0-9/._-]{0,512}$/.test(prefix) || /(^|\/)\.{0,2}\//.test(prefix)) {
    throw unusable("prefix", 'it has to be like "documents/": letters, digits and / . _ -, no empty folder');
  }
}

/** An address with a user in it would stand in messages. */
function isOrigin(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^https?:$/.test(url.protocol)) return false;
  return `${url.username}${url.password}${url.search}${url.hash}` === "" && url.pathname === "/";
}

function unusable(setting: string, problem: string): StoreFailure {
  return new StoreFailure("BLOB_STORE_SETTING", [setting, problem]);
}
