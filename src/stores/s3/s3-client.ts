import { readFile } from "node:fs/promises";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { fileReason } from "../../core/file-reason.ts";
import { StoreFailure } from "../store-failure.ts";
import type { S3Options } from "./options.ts";

/** How a storage is reached, beside its settings. */
export interface S3Connection {
  /** PEM; `default` for those that Node trusts. */
  readonly authorities: readonly string[] | "default";
  /** Addresses of proxies as environment variables; undefined where the storage is reached directly. */
  readonly proxy: NodeJS.ProcessEnv | undefined;
  /** Milliseconds for TCP and TLS. */
  readonly connectTimeout: number;
}

const silent = { trace() {}, debug() {}, info() {}, warn() {}, error() {} };

/** A client that tries once and does what every S3-compatible storage understands. */
export async function openS3Client(options: S3Options, connection: S3Connection): Promise<S3Client> {
  const { endpoint, region, pathStyle } = options;
  return new S3Client({
    region,
    ...(endpoint === "" ? {} : { endpoint }),
    forcePathStyle: pathStyle,
    ...(await givenKeys(options)),
    maxAttempts: 1,
    // Checksums of the newer kind come as trailers, which most other storages refuse. The hash is the checksum.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    // Where a storage does not know it, each large content would wait for six seconds.
    expectContinueHeader: false,
    logger: silent,
    requestHandler: handler(connection),
  });
}

function handler({
  authorities,
  proxy,
  connectTimeout,
}: S3Connection): NonNullable<S3ClientConfig["requestHandler"]> {
  const agent = { keepAlive: true, maxSockets: 50, ...(proxy ? { proxyEnv: proxy } : {}) };
  return {
    connectionTimeout: connectTimeout,
    httpAgent: agent,
    httpsAgent: { ...agent, ...(authorities === "default" ? {} : { ca: [...authorities] }) },
    logger: silent,
  };
}

async function givenKeys({
  accessKeyId,
  secretAccessKeyFile,
}: S3Options): Promise<Pick<S3ClientConfig, "credentials">> {
  if (accessKeyId === "") return {};
  return { credentials: { accessKeyId, secretAccessKey: await readSecret(secretAccessKeyFile) } };
}

async function readSecret(file: string): Promise<string> {
  const unusable = (reason: string, options?: ErrorOptions) =>
    new StoreFailure("BLOB_STORE_SETTING", ["secretAccessKeyFile", `${file}: ${reason}`], options);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    throw unusable(fileReason(error), { cause: error });
  }
  const secret = text.trim();
  if (!/^[\x21-\x7e]{1,1024}$/.test(secret)) throw unusable("it does not hold one secret and nothing else");
  return secret;
}
