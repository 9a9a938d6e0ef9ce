import { systemClock } from "../core/clock.ts";
import { proxyFor, readProxyEnvironment } from "../outbound/proxy-environment.ts";
import { furtherAuthorities, trustedAuthorities } from "../outbound/trusted-authorities.ts";
import type { BlobStore } from "../stores/blob-store.ts";
import { copyContents } from "../documents/copy-contents.ts";
import { usesS3 } from "../stores/s3/check-options.ts";
import { hasLocalBlobs } from "../stores/sqlite/has-local-blobs.ts";
import { openLocalBlobStore } from "../stores/sqlite/open-local-blob-store.ts";
import type { Foundation } from "./foundation.ts";

/**
 * The home of the contents of documents: the data directory, or the bucket that is configured. What the directory
 * holds from before is in the bucket when it resolves.
 */
export async function openBlobStore(foundation: Foundation, signal: AbortSignal): Promise<BlobStore> {
  const { dataDir: directory, documents } = foundation.options;
  if (!usesS3(documents.s3)) return openLocalBlobStore({ directory, clock: systemClock });
  await using stack = new AsyncDisposableStack();
  const bucket = stack.use(await openBucket(foundation));
  if (await hasLocalBlobs(directory)) await copyToBucket(foundation, bucket, signal);
  stack.move();
  return bucket;
}

async function copyToBucket(
  { options, store, telemetry: { log } }: Foundation,
  bucket: BlobStore,
  signal: AbortSignal,
): Promise<void> {
  const { dataDir: directory } = options;
  await using local = await openLocalBlobStore({ directory, clock: systemClock });
  const copied = await copyContents(
    {
      from: local,
      to: bucket,
      store,
      clock: systemClock,
      progress: (fields) => log.info("contents of documents are being copied to the bucket", { ...fields }),
      damaged: (hash, error) =>
        log.warn("a content of documents is not copied to the bucket", { hash, error }),
    },
    { signal },
  );
  if (copied > 0) log.info("contents of documents were copied to the bucket", { copied, directory });
}

async function openBucket({ options, environment }: Foundation): Promise<BlobStore> {
  const { dataDir: directory, outbound } = options;
  const { s3 } = options.documents;
  // The client of AWS is as large as the rest of the product.
  const { openS3BlobStore } = await import("../stores/s3/s3-blob-store.ts");
  const origin = s3.endpoint === "" ? `https://s3.${s3.region}.amazonaws.com` : s3.endpoint;
  const proxied = proxyFor(origin, readProxyEnvironment(environment)) !== undefined;
  return openS3BlobStore({
    options: s3,
    connection: {
      authorities: trustedAuthorities(furtherAuthorities(outbound)),
      // Without NO_PROXY, which has been judged by our own rules.
      proxy: proxied ? proxies(environment) : undefined,
      connectTimeout: outbound.connectTimeout,
    },
    directory,
    clock: systemClock,
    random: Math.random,
  });
}

function proxies(environment: Foundation["environment"]): NodeJS.ProcessEnv {
  const found = (name: string) => environment[name.toLowerCase()] || environment[name];
  return { HTTP_PROXY: found("HTTP_PROXY"), HTTPS_PROXY: found("HTTPS_PROXY") };
}
