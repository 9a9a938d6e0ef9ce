import type { IncomingMessage } from "node:http";
import { ambiguousFraming } from "../http/ambiguous-framing.ts";
import { pathProblem } from "../http/plain-path.ts";
import type { RequestHandler } from "../http/request-handler.ts";
import { sendWhole } from "../http/send-whole.ts";
import { refusal, type Answer } from "./answer.ts";
import { AsyncApiEndpoints } from "./asyncapi-endpoints.ts";
import { damagedAnswer } from "./damaged-answer.ts";
import { SERVICE_BUCKET } from "./document-url.ts";
import type { DocumentsContext } from "./documents-context.ts";
import { ExtractEndpoint } from "./extract-endpoint.ts";
import { fileAnswer } from "./file-answer.ts";
import type { DocumentsOptions } from "./options.ts";
import { StoredFiles } from "./stored-files.ts";
import { UploadEndpoint } from "./upload-endpoint.ts";
import { isUploadBucket } from "./upload-object.ts";

/** Whether whoever sent the request may use the document store. */
export type Authorise = (request: IncomingMessage) => boolean | Promise<boolean>;

type Endpoint = (request: IncomingMessage) => Promise<Answer>;

/** Buckets that the setting `public` opens. */
const OPENABLE: ReadonlySet<string> = new Set([SERVICE_BUCKET, "public"]);

/** Bytes of a form beside its files. */
const FORM_OVERHEAD = 65_536;

/** Serves stored documents and the HTTP services of Rafter (registry spec §§9.5, 11.1). */
export class DocumentsHandler {
  readonly #context: DocumentsContext;
  readonly #options: DocumentsOptions;
  readonly #authorise: Authorise;
  readonly #files: StoredFiles;
  readonly #endpoints: ReadonlyMap<string, Endpoint>;

  constructor(context: DocumentsContext, options: DocumentsOptions, authorise: Authorise) {
    this.#context = context;
    this.#options = options;
    this.#authorise = authorise;
    this.#files = new StoredFiles(context);
    const limits = { fileSize: options.maxFileSize, requestSize: options.maxRequestSize };
    const upload = new UploadEndpoint(context, limits);
    // These hold in memory what they are sent.
    const held = { ...limits, requestSize: Math.min(limits.requestSize, limits.fileSize + FORM_OVERHEAD) };
    const asyncApi = new AsyncApiEndpoints(context.check, held);
    const extract = new ExtractEndpoint(context.check, held);
    this.#endpoints = new Map<string, Endpoint>([
      ["/v1/upload", (request) => upload.serve(request)],
      ["/v1/convert", (request) => asyncApi.convert(request)],
      ["/v1/validate", (request) => asyncApi.validate(request)],
      ["/v1/extract", (request) => extract.serve(request)],
    ]);
  }

  readonly handle: RequestHandler = (request, response) => {
    void this.#answer(request).then((answer) => {
      // Somebody in front may have answered already, such as a limit on bodies.
      if (response.headersSent) return;
      // What is left of a refused upload is not worth reading.
      if (!request.complete) response.setHeader("Connection", "close");
      sendWhole(request, response, answer);
    });
  };

  async #answer(request: IncomingMessage): Promise<Answer> {
    try {
      return await this.#serve(request);
    } catch (error) {
      this.#context.surprised(error);
      return damagedAnswer(error) ?? refusal("DOCUMENTS_UNEXPECTED");
    }
  }

  async #serve(request: IncomingMessage): Promise<Answer> {
    const ambiguity = ambiguousFraming(request.rawHeaders);
    if (ambiguity !== undefined) return closing(refusal("DOCUMENTS_BAD_REQUEST", ambiguity));
    const path = pathOf(request.url ?? "");
    const problem = pathProblem(path);
    if (problem !== undefined) return refusal("DOCUMENTS_BAD_PATH", problem);
    const [bucket = "", ...key] = path.slice(1).split("/").map(decodeURIComponent);
    const isReading = request.method === "GET" || request.method === "HEAD";
    const isOpen = this.#options.public && isReading && OPENABLE.has(bucket);
    if (!isOpen && !(await this.#authorise(request))) return unauthorised();
    const endpoint = this.#endpoints.get(path);
    if (endpoint) return await endpoint(request);
    if (bucket !== SERVICE_BUCKET && !isUploadBucket(bucket)) return refusal("DOCUMENTS_NOT_FOUND");
    if (!isReading) return withHeaders(refusal("DOCUMENTS_METHOD"), { Allow: "GET, HEAD" });
    const file = await this.#files.find(bucket, key);
    return file ? fileAnswer(file, { headers: request.headers, isOpen }) : refusal("DOCUMENTS_NOT_FOUND");
  }
}

/** An absolute form has its path after the authority (RFC 9112 §3.2.2). */
function pathOf(target: string): string {
  return target.replace(/^https?:\/\/[^/?]*/i, "").replace(/\?.*$/s, "");
}

function unauthorised(): Answer {
  return withHeaders(refusal("DOCUMENTS_UNAUTHORIZED"), { "WWW-Authenticate": 'Bearer realm="documents"' });
}

function closing(answer: Answer): Answer {
  return withHeaders(answer, { Connection: "close" });
}

function withHeaders(answer: Answer, headers: Answer["headers"]): Answer {
  return { ...answer, headers: { ...answer.headers, ...headers } };
}
