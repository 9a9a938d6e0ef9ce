import { Readable } from "node:stream";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  type _Object as ListedObject,
} from "@aws-sdk/client-s3";
import { toBlobFailure } from "../blob-errors.ts";
import { StoreFailure } from "../store-failure.ts";
import { isAbsent } from "./s3-errors.ts";

/** An object as the storage knows it. */
export interface FoundObject {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Milliseconds since the epoch by this machine's clock, in whole seconds. */
  readonly modified: number;
}

export interface ObjectContent {
  /** SHA-256, lower-case hex. */
  readonly hash: string;
  readonly size: number;
  /** Anew for each attempt. */
  readonly open: () => Buffer | Readable;
}

export interface ObjectPage {
  readonly objects: readonly FoundObject[];
  /** Where the next page begins; undefined after the last. */
  readonly next: string | undefined;
}

const MINUTE = 60_000;

/** The requests to one bucket, each tried once; they reject with the errors of the client. */
export class Bucket {
  readonly #client: S3Client;
  readonly #name: string;

  constructor(client: S3Client, name: string) {
    this.#client = client;
    this.#name = name;
  }

  /** All of it or nothing: a storage makes an object visible when the last byte is there and the hash fits. */
  async put(key: string, { hash, size, open }: ObjectContent, signal: AbortSignal): Promise<void> {
    const command = new PutObjectCommand({
      ...this.#at(key),
      Body: open(),
      ContentLength: size,
      ContentType: "application/octet-stream",
    });
    // Signed with the request and compared by the storage with what it received.
    command.middlewareStack.add(
      (next) => (args) => {
        addHash(args.request, hash);
        return next(args);
      },
      { step: "build" },
    );
    await this.#sendBody(command, signal);
  }

  /** The body, which may end early, in pieces; undefined where there is no such object. */
  async get(key: string, signal: AbortSignal): Promise<Readable | undefined> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand(this.#at(key)), { abortSignal: signal });
      return Body instanceof Readable ? Body : Readable.from([]);
    } catch (error) {
      if (isAbsent(error)) return undefined;
      throw error;
    }
  }

  /** undefined where there is none. An answer without a body does not tell whether there is a bucket. */
  async find(key: string, signal: AbortSignal): Promise<FoundObject | undefined> {
    try {
      const found = await this.#client.send(new HeadObjectCommand(this.#at(key)), { abortSignal: signal });
      return this.#found({ Key: key, Size: found.ContentLength, LastModified: found.LastModified });
    } catch (error) {
      if (!isAbsent(error)) throw error;
    }
    await this.#client.send(new HeadBucketCommand({ Bucket: this.#name }), { abortSignal: signal });
    return undefined;
  }

  async delete(key: string, signal: AbortSignal): Promise<void> {
    await this.#client.send(new DeleteObjectCommand(this.#at(key)), { abortSignal: signal });
  }

  /** At most 1000 objects whose keys begin with the prefix. */
  async list(prefix: string, from: string | undefined, signal: AbortSignal): Promise<ObjectPage> {
    const page = await this.#client.send(
      new ListObjectsV2Command({ Bucket: this.#name, Prefix: prefix, ContinuationToken: from }),
      { abortSignal: signal },
    );
    const next = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    // A storage that begins anew, or says nothing, would be listed for ever or in part.
    if (page.IsTruncated === true && (next === undefined || next === from)) {
      throw new StoreFailure("BLOB_STORE_UNAVAILABLE", ["S3 does not say where its list goes on"]);
    }
    return { objects: (page.Contents ?? []).map((object) => this.#found(object)), next };
  }

  close(): void {
    this.#client.destroy();
  }

  #at(key: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.#name, Key: key };
  }

  async #sendBody(command: PutObjectCommand, signal: AbortSignal): Promise<void> {
    const { Body: body } = command.input;
    const ended = new AbortController();
    if (body instanceof Readable) body.once("error", (error) => ended.abort(toBlobFailure(error)));
    try {
      await this.#client.send(command, { abortSignal: AbortSignal.any([signal, ended.signal]) });
    } catch (error) {
      throw ended.signal.aborted ? ended.signal.reason : error;
    } finally {
      if (body instanceof Readable) body.destroy();
      // A storage that answered before it had read all would keep the connection waiting for the rest.
      ended.abort();
    }
  }

  #found({ Key, Size, LastModified }: Pick<ListedObject, "Key" | "Size" | "LastModified">): FoundObject {
    const time = LastModified?.getTime() ?? Number.NaN;
    if (Key === undefined || Size === undefined || Number.isNaN(time)) {
      throw new StoreFailure("BLOB_STORE_UNAVAILABLE", ["S3 does not say how large or how old an object is"]);
    }
    // A list has milliseconds in some storages, a single object never. The client learns from each answer how
    // far the clocks are apart; what is less than a minute also comes from the time that an answer takes.
    const offset = Math.round(this.#client.config.systemClockOffset / MINUTE) * MINUTE;
    return { key: Key, size: Size, modified: Math.floor(time / 1000) * 1000 - offset };
  }
}

/** The client would compute it once more, or leave a stream unsigned. */
function addHash(request: unknown, hash: string): void {
  const { headers } = request as { readonly headers: Record<string, string> };
  headers["x-amz-content-sha256"] = hash;
}
