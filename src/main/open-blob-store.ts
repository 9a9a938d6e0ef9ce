import { systemClock } from "../core/clock.ts";
import { proxyFor, readProxyEnvironment } from "../outbound/proxy-environment.ts";
import { furtherAuthorities, trustedAuthorities } from "../outbound/trusted-authorities.ts";
import type { BlobStore } from "../stores/blob-store.ts";
import { usesS3 } from "../stores/s3/check-options.ts";
import { openLocalBlobStore } from "../stores/sqlite/open-local-blob-store.ts";
import type { Foundation } from "./foundation.ts";

/** The home of the contents of documents: the data directory, or the bucket that is configured. */
export async function openBlobStore({ options, environment }: Foundation): Promise<BlobStore> {
  const { dataDir: directory, outbound } = options;
  const { s3 } = options.documents;
  if (!usesS3(s3)) return openLocalBlobStore({ directory, clock: systemClock });
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
