import { defineFailures } from "../core/failures.ts";

/** Texts and statuses of uploads, conversions and extractions are the original's (registry spec §9.5). */
export const documentsFailures = defineFailures({
  DOCUMENTS_APPLICATION_MISSING: {
    status: 404,
    actor: "caller",
    text: 'the Application "%s" of the documents does not exist',
    remedy: "Create the Application first.",
  },
  DOCUMENTS_STAGED_GONE: {
    status: 500,
    actor: "operator",
    text: "the %s document %s was staged too long ago and is gone",
    remedy: "Send the service again.",
  },
  DOCUMENTS_CONTENT_MISSING: {
    status: 500,
    actor: "operator",
    text: "the %s document of service %s is not in the store of contents any more: %s",
    remedy: "Restore the directory of the contents from a backup, or register the service again.",
  },
  DOCUMENTS_CONTENDED: {
    status: 409,
    actor: "caller",
    text: "the documents of service %s are changed by others at the same time",
    remedy: "Try again.",
  },
  DOCUMENTS_UNUSABLE_SETTING: {
    status: 500,
    actor: "operator",
    text: "documents.%s cannot be used: %s",
    remedy: "Correct the setting; nothing was started.",
  },
  DOCUMENTS_NOT_FOUND: {
    status: 404,
    actor: "caller",
    text: "Requested document could not be found.",
    remedy: "Use the URLs that uploads answer with and that ClusterAssets have in their status.",
  },
  DOCUMENTS_METHOD: {
    status: 405,
    actor: "caller",
    text: "Method not allowed.",
    remedy: "Documents can be read with GET and HEAD.",
  },
  DOCUMENTS_BAD_PATH: {
    status: 400,
    actor: "caller",
    text: "Path is not accepted: %s.",
    remedy: "Call the path in its plain form, without dot segments, empty segments or escaped separators.",
  },
  DOCUMENTS_BAD_REQUEST: {
    status: 400,
    actor: "caller",
    text: "Request cannot be understood: %s.",
    remedy: "Send one HTTP/1.1 request with one Host and one kind of body length.",
  },
  DOCUMENTS_BAD_QUERY: {
    status: 400,
    actor: "caller",
    text: "The query of the URL is not accepted: %s.",
    remedy: "Correct the parameter that the message names.",
  },
  DOCUMENTS_UNKNOWN: {
    status: 404,
    actor: "caller",
    text: "Service %s has no such document: %s.",
    remedy: "GET /v1/documents/{service id} lists the documents of a service and their versions.",
  },
  DOCUMENTS_UNAUTHORIZED: {
    status: 401,
    actor: "caller",
    text: "Unauthorized.",
    remedy: "Send a bearer token, or open documents to everybody with documents.public.",
  },
  DOCUMENTS_RANGE: {
    status: 416,
    actor: "caller",
    text: "The document has no such range: it has %s bytes.",
    remedy: "Ask for a range within the document, or for all of it.",
  },
  DOCUMENTS_FILE_TOO_LARGE: {
    status: 413,
    actor: "caller",
    text: "File `%s` is larger than %s bytes.",
    remedy: "Send a smaller file, or raise documents.maxFileSize.",
  },
  DOCUMENTS_FORM_TOO_LARGE: {
    status: 413,
    actor: "caller",
    text: "The request is larger than %s bytes.",
    remedy: "Send the files in several requests, or raise documents.maxRequestSize.",
  },
  DOCUMENTS_TOO_MANY_PARTS: {
    status: 413,
    actor: "caller",
    text: "The form has more than %s parts.",
    remedy: "Send the files in several requests.",
  },
  DOCUMENTS_UPLOAD_UNREADABLE: {
    status: 500,
    actor: "caller",
    text: "while parsing multipart request: %s",
    remedy: "Send multipart/form-data with files in the fields public and private.",
  },
  DOCUMENTS_NO_FILES: {
    status: 400,
    actor: "caller",
    text: "No files specified to upload. Use `private` and `public` fields to upload them.",
    remedy: "Send at least one file in the field public or private.",
  },
  DOCUMENTS_BAD_DIRECTORY: {
    status: 400,
    actor: "caller",
    text: "Directory is not accepted: %s.",
    remedy: "Send plain names with slashes between them, without dot segments and control characters.",
  },
  DOCUMENTS_NOT_UPLOADED: {
    status: 502,
    actor: "operator",
    text: "Error while uploading file `%s` into `%s`: %s",
    remedy: "The text after the colon says why; see the row of the store's failure.",
  },
  DOCUMENTS_POST_ONLY: {
    status: 405,
    actor: "caller",
    text: "Invalid request method",
    remedy: "Send the document with POST.",
  },
  DOCUMENTS_FORM_UNREADABLE: {
    status: 400,
    actor: "caller",
    text: "Invalid multipart form: %s",
    remedy: "Send multipart/form-data with the document as file in the field content.",
  },
  DOCUMENTS_NO_CONTENT: {
    status: 400,
    actor: "caller",
    text: "No file in the field content",
    remedy: "Send the document as file in the field content.",
  },
  DOCUMENTS_REFUSED: {
    status: 422,
    actor: "caller",
    text: "%s",
    remedy: "Correct what the lines name.",
  },
  DOCUMENTS_EXTRACTION_UNREADABLE: {
    status: 500,
    actor: "caller",
    text: "while parsing multipart request: %s",
    remedy: "Send multipart/form-data with one file in each field.",
  },
  DOCUMENTS_SEVERAL_FILES: {
    status: 400,
    actor: "caller",
    text: "Multiple files assigned to a single field %s .",
    remedy: "Name each field after the path of its one file.",
  },
  DOCUMENTS_NOTHING_SENT: {
    status: 400,
    actor: "caller",
    text: "No files sent with form.",
    remedy: "Send at least one file that is not empty.",
  },
  DOCUMENTS_UNEXPECTED: {
    status: 500,
    actor: "operator",
    text: "Internal error.",
    remedy: "See the log: it has the error with its causes.",
  },
});

export type DocumentsFailureCode = keyof typeof documentsFailures;
