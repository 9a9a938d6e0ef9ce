import { randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { clusterAssetKind, type ClusterAsset } from "../core/resources/cluster-asset.ts";
import { Failure, formatText } from "../core/failures.ts";
import type { KeptBlob } from "../stores/blob-store.ts";
import { isStoreFailure } from "../stores/store-failure.ts";
import type { Collection } from "../stores/store.ts";
import { errorsRefusal, jsonAnswer, type Answer } from "./answer.ts";
import type { DocumentsContext } from "./documents-context.ts";
import { documentsFailures } from "./failures.ts";
import { formRefusal } from "./form-refusal.ts";
import { isoTime } from "./iso-time.ts";
import { receiveForm, type FormFile, type FormLimits, type TakeFile } from "./receive-form.ts";
import { escapeKey, fileNameProblem, readDirectory } from "./upload-key.ts";
import { isUploadBucket, uploadObject, type Upload, type UploadBucket } from "./upload-object.ts";

/** A file whose content is kept already, or why it is not. */
type Taken =
  { readonly kind: "kept"; readonly blob: KeptBlob } | { readonly kind: "lost"; readonly reason: string };

interface UploadedFile {
  readonly fileName: string;
  readonly remotePath: string;
  readonly bucket: string;
  readonly size: number;
}

interface UploadError {
  readonly message: string;
  readonly fileName: string;
  /** A slip of the original, where the name of the file travels under this key; clients read it there. */
  readonly omitempty: string;
}

type Outcome = { readonly file: UploadedFile } | { readonly error: UploadError };

/** `/v1/upload` (registry spec §9.5). */
export class UploadEndpoint {
  readonly #context: DocumentsContext;
  readonly #limits: FormLimits;
  readonly #assets: Collection<ClusterAsset>;

  constructor(context: DocumentsContext, limits: FormLimits) {
    this.#context = context;
    this.#limits = limits;
    this.#assets = context.store.collection(clusterAssetKind);
  }

  async serve(request: IncomingMessage): Promise<Answer> {
    const form = await receiveForm(request, this.#limits, this.#take);
    if (form.kind !== "form") {
      const unreadable = "DOCUMENTS_UPLOAD_UNREADABLE";
      return formRefusal(form, { limits: this.#limits, unreadable, refuse: errorsRefusal });
    }
    const files = form.files.filter(({ field }) => isUploadBucket(field));
    if (files.length === 0) return errorsRefusal("DOCUMENTS_NO_FILES");
    const directory = readDirectory(form.fields.get("directory") || this.#newDirectory());
    if (directory.kind === "refused") return errorsRefusal("DOCUMENTS_BAD_DIRECTORY", directory.reason);
    const outcomes: Outcome[] = [];
    // One after the other: of two files of one name the last stays.
    // eslint-disable-next-line no-await-in-loop -- as said
    for (const file of files) outcomes.push(await this.#store(file, directory.path));
    return uploadAnswer(outcomes);
  }

  readonly #take: TakeFile<Taken> = async (content) => {
    try {
      const blob = await this.#context.blobs.putStream(content, { limit: this.#limits.fileSize });
      return { kind: "kept", blob };
    } catch (error) {
      // Also what comes of a form that ends too early, which is refused as a whole.
      if (!(error instanceof Failure)) throw error;
      return { kind: "lost", reason: error.message };
    }
  };

  async #store({ field, fileName, taken }: FormFile<Taken>, directory: string): Promise<Outcome> {
    const bucket = field as UploadBucket;
    const key = `${directory}/${fileName}`;
    const problem = taken.kind === "lost" ? taken.reason : fileNameProblem(fileName);
    if (problem !== undefined || taken.kind === "lost")
      return failed({ bucket, key, fileName }, problem ?? "");
    const { hash, size } = taken.blob;
    const url = `${this.#context.origin()}/${bucket}/${escapeKey(key)}`;
    try {
      await this.#write({ bucket, key, hash, size, url });
      return { file: { fileName, remotePath: url, bucket, size } };
    } catch (error) {
      return failed({ bucket, key, fileName }, this.#reasonOf(error));
    }
  }

  async #write(upload: Upload): Promise<void> {
    const wanted = uploadObject(upload);
    const written = await this.#createOrPatch(wanted);
    const { url, key } = upload;
    const name = key.slice(key.lastIndexOf("/") + 1);
    await this.#assets.updateStatus({
      ...written,
      status: {
        phase: "Ready",
        reason: "Uploaded",
        message: "Asset content has been uploaded",
        assetRef: { baseUrl: url.slice(0, url.lastIndexOf("/")), files: [{ name }] },
        lastHeartbeatTime: isoTime(this.#context.clock),
      },
    });
  }

  async #createOrPatch(wanted: ReturnType<typeof uploadObject>): Promise<ClusterAsset> {
    try {
      return await this.#assets.create(wanted);
    } catch (error) {
      if (!isStoreFailure(error, "STORE_ALREADY_EXISTS")) throw error;
    }
    const { metadata, spec } = wanted;
    const value = { metadata: { annotations: metadata.annotations }, spec };
    return await this.#assets.patch({ name: metadata.name }, { type: "merge", value });
  }

  /**
   * Seconds in base 32, as in the original; there, whoever uploads a file of the same name in the same second
   * overwrites it, so something random is behind them.
   */
  #newDirectory(): string {
    const seconds = Math.floor(this.#context.clock.now() / 1000).toString(32);
    return `${seconds}-${randomBytes(5).toString("hex")}`;
  }

  /** Texts of failures are written for whoever reads them; anything else is for the log. */
  #reasonOf(error: unknown): string {
    if (error instanceof Failure) return error.message;
    this.#context.surprised(error);
    return "internal error";
  }
}

function failed(
  { bucket, key, fileName }: { readonly bucket: string; readonly key: string; readonly fileName: string },
  reason: string,
): Outcome {
  const message = formatText(documentsFailures.DOCUMENTS_NOT_UPLOADED.text, [key, bucket, reason]);
  return { error: { message, fileName, omitempty: fileName } };
}

/** 200: all are stored; 207: some; 502: none. */
function uploadAnswer(outcomes: readonly Outcome[]): Answer {
  const uploadedFiles = outcomes.flatMap((outcome) => ("file" in outcome ? [outcome.file] : []));
  const errors = outcomes.flatMap((outcome) => ("error" in outcome ? [outcome.error] : []));
  const status = errors.length === 0 ? 200 : uploadedFiles.length === 0 ? 502 : 207;
  return jsonAnswer(status, {
    ...(uploadedFiles.length > 0 ? { uploadedFiles } : {}),
    ...(errors.length > 0 ? { errors } : {}),
  });
}
