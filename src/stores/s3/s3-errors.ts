import { transportReason } from "../../outbound/transport-reason.ts";
import { StoreFailure } from "../store-failure.ts";
import type { S3Options } from "./options.ts";

/** What the storage answered, or did not. Never the error itself: it holds headers, signature and token. */
interface Trouble {
  /** `NoSuchBucket`, `AccessDenied`, …; empty where the answer had no body. */
  readonly code: string;
  /** HTTP; undefined where there was no answer. */
  readonly status: number | undefined;
}

const FULL = /^(QuotaExceeded\w*|\w*StorageFull|InsufficientStorage|InsufficientCapacity)$/;
const KEYS =
  /^(InvalidAccessKeyId|SignatureDoesNotMatch|ExpiredToken|InvalidToken|InvalidClientTokenId|InvalidSecurity)$/;
const REGION =
  /^(PermanentRedirect|TemporaryRedirect|AuthorizationHeaderMalformed|IllegalLocationConstraintException)$/;
const BUSY = /^(SlowDown|ServiceUnavailable|Throttl\w*|RequestLimitExceeded|TooManyRequests\w*)$/;
const CLOCKS = /^(RequestTimeTooSkewed|RequestExpired|RequestInTheFuture)$/;

/**
 * An error of a request as BLOB_STORE_FULL or BLOB_STORE_UNAVAILABLE. Callers see the message, which therefore
 * names no address; the log has it from the cause.
 */
export function toS3Failure(error: unknown, options: S3Options): StoreFailure {
  if (error instanceof StoreFailure) return error;
  const trouble = troubleOf(error);
  const answer = [trouble.code, trouble.status].filter(Boolean).join(" ");
  const cause = new Error(`${placeOf(options)}: ${answer || "no answer"}`);
  if (FULL.test(trouble.code) || trouble.status === 507) {
    return new StoreFailure("BLOB_STORE_FULL", [], { cause });
  }
  const reason = trouble.status === undefined ? silence(error, trouble) : answered(trouble);
  return new StoreFailure("BLOB_STORE_UNAVAILABLE", [`S3 ${reason}`], { cause });
}

/** Where the storage is, for operators. */
export function placeOf({ endpoint, region, bucket }: S3Options): string {
  return `${endpoint === "" ? `AWS in ${region}` : new URL(endpoint).origin}, bucket "${bucket}"`;
}

/** Whether the same request may succeed in a moment. */
export function isPassing(error: unknown): boolean {
  if (error instanceof StoreFailure) return false;
  const { code, status } = troubleOf(error);
  if (status === undefined) return !isLocal(error);
  // The client has learnt from the answer what time it is there.
  if (isSkewCorrected(error) || code === "RequestTimeout") return true;
  return status === 429 || (status >= 500 && status !== 501 && status !== 507);
}

export function isAbsent(error: unknown): boolean {
  const { code, status } = troubleOf(error);
  return status === 404 && code !== "NoSuchBucket";
}

function troubleOf(error: unknown): Trouble {
  const { name = "", $metadata } = (error ?? {}) as {
    name?: unknown;
    $metadata?: { httpStatusCode?: number };
  };
  const status = $metadata?.httpStatusCode;
  // What an answer without a body is called differs, and says nothing.
  const isCode =
    typeof name === "string" && /^[A-Z][A-Za-z.]{2,60}$/.test(name) && !/^(Unknown|Error$)/.test(name);
  return { code: isCode ? name : "", status: status !== undefined && status >= 300 ? status : undefined };
}

/** Found before anything was sent. */
function isLocal(error: unknown): boolean {
  return (
    error instanceof Error && /^(CredentialsProviderError|TokenProviderError|RangeError)$/.test(error.name)
  );
}

function isSkewCorrected(error: unknown): boolean {
  const { $metadata } = error as { $metadata?: { clockSkewCorrected?: boolean } };
  return $metadata?.clockSkewCorrected === true;
}

function silence(error: unknown, { code }: Trouble): string {
  if (code === "CredentialsProviderError") {
    return "needs an access key, and none was found: set documents.s3.accessKeyId and documents.s3.secretAccessKeyFile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY";
  }
  if (error instanceof Error && "code" in error) return `cannot be reached: ${transportReason(error)}`;
  return "gave an answer that cannot be read";
}

function answered({ code, status }: Trouble): string {
  const what = `(${code || `status ${status}`})`;
  if (code === "NoSuchBucket" || status === 404) {
    return `has no such bucket ${what}: create it, or correct documents.s3.bucket`;
  }
  if (KEYS.test(code)) {
    return `does not accept the access key ${what}: correct documents.s3.accessKeyId and the file documents.s3.secretAccessKeyFile`;
  }
  if (REGION.test(code) || status === 301) {
    return `says that the bucket is elsewhere ${what}: correct documents.s3.region and documents.s3.endpoint`;
  }
  if (CLOCKS.test(code)) return `has another time than this machine ${what}: set the clocks`;
  if (status === 401 || status === 403) {
    return `refuses access to the bucket ${what}: allow the access key s3:ListBucket, s3:GetObject, s3:PutObject and s3:DeleteObject`;
  }
  if (BUSY.test(code) || status === 429 || status === 503) return `asks for fewer requests ${what}`;
  return `refused a request ${what}`;
}
