import { defineFailures } from "../core/failures.ts";

/**
 * What a store refuses and what can go wrong in it. The texts that a client sees are those of a Kubernetes
 * API server, because programs and people match on them (admin-api spec §§7, 8, 10, 11, 13).
 */
export const storeFailures = defineFailures({
  STORE_NOT_FOUND: {
    status: 404,
    actor: "caller",
    text: '%s "%s" not found',
    remedy: "Check the name and the namespace; create the object first.",
  },
  STORE_ALREADY_EXISTS: {
    status: 409,
    actor: "caller",
    text: '%s%s "%s" already exists',
    remedy: "Update the object that exists, or wait until the one that is being deleted is gone.",
  },
  STORE_CONFLICT: {
    status: 409,
    actor: "caller",
    text: 'Operation cannot be fulfilled on %s "%s": %s',
    remedy: "Read the object again, apply the change to what was read, and write that.",
  },
  STORE_INVALID: {
    status: 422,
    actor: "caller",
    text: '%s "%s" is invalid: %s',
    remedy: "Correct the fields that the message names.",
  },
  STORE_UNREADABLE: {
    status: 400,
    actor: "caller",
    text: '%s in version "%s" cannot be handled as a %s: %s',
    remedy: "Give the field the type that the message names.",
  },
  STORE_NAME_MISMATCH: {
    status: 400,
    actor: "caller",
    text: "the name of the object (%s) does not match the name on the URL (%s)",
    remedy: "A patch cannot rename an object: create one with the new name and delete the old one.",
  },
  STORE_NAMESPACE_MISMATCH: {
    status: 400,
    actor: "caller",
    text: "the namespace of the provided object does not match the namespace sent on the request",
    remedy: "A patch cannot move an object: create one in the other namespace and delete the old one.",
  },
  STORE_BAD_PATCH: {
    status: 400,
    actor: "caller",
    text: "error decoding patch: %s",
    remedy: "Send a patch of the form that its media type asks for.",
  },
  STORE_PATCH_FAILED: {
    status: 422,
    actor: "caller",
    text: "the server rejected our request due to an error in our request: %s",
    remedy: "Read the object again and correct the operation that the message names; nothing was changed.",
  },
  STORE_PATCH_TOO_LARGE: {
    status: 413,
    actor: "caller",
    text: "Request entity too large: %s",
    remedy: "Split the patch, or send the object whole.",
  },
  STORE_BAD_APPLY: {
    status: 400,
    actor: "caller",
    text: "%s",
    remedy:
      "Apply an object of the kind with apiVersion, kind and fields that it has; the message names the others.",
  },
  STORE_APPLY_CONFLICT: {
    status: 409,
    actor: "caller",
    text: "%s",
    remedy:
      "Leave the fields that the message names to their managers, give them the same values, or apply with force to take them.",
  },
  STORE_PATCH_UNSUPPORTED: {
    status: 415,
    actor: "caller",
    text: "application/strategic-merge-patch+json is not supported by %s, Kind=%s",
    remedy: "Use a merge patch: custom resources have no strategic merge.",
  },
  STORE_NO_SUBRESOURCE: {
    status: 404,
    actor: "caller",
    text: '%s do not have the subresource "%s"',
    remedy: "Write the status with the object itself.",
  },
  STORE_BAD_VERSION: {
    status: 400,
    actor: "caller",
    text: 'invalid resource version "%s"',
    remedy: "Use a resourceVersion that the server gave, unchanged.",
  },
  STORE_BAD_SELECTOR: {
    status: 400,
    actor: "caller",
    text: "field label not supported: %s",
    remedy: "Select by metadata.name, metadata.namespace or a field that the kind offers.",
  },
  STORE_BAD_CONTINUE: {
    status: 400,
    actor: "caller",
    text: "invalid continue token: %s",
    remedy: "Use the token of the page before, unchanged, or list from the beginning.",
  },
  STORE_EXPIRED: {
    status: 410,
    actor: "caller",
    text: "too old resource version: %s (%s)",
    remedy: "List again and watch from the version of that list.",
  },
  STORE_NAMESPACE_MISSING: {
    status: 404,
    actor: "caller",
    text: 'namespaces "%s" not found',
    remedy: "Create the namespace first.",
  },
  STORE_NAMESPACE_TERMINATING: {
    status: 403,
    actor: "caller",
    text: '%s "%s" is forbidden: unable to create new content in namespace %s because it is being terminated',
    remedy: "Wait until the namespace is gone and create it again, or use another one.",
  },
  STORE_FORBIDDEN: {
    status: 403,
    actor: "caller",
    text: '%s "%s" is forbidden: %s',
    remedy: "The message says what is not allowed; nobody may do it.",
  },
  STORE_TOO_LARGE: {
    status: 413,
    actor: "caller",
    text: "Request entity too large: limit is %s",
    remedy: "Split the object; one object is kept in one piece.",
  },
  STORE_DISK_FULL: {
    status: 507,
    actor: "operator",
    text: "the disk of the data directory is full: nothing was changed",
    remedy: "Make room on the file system of the data directory; writes succeed again at once.",
  },
  STORE_UNAVAILABLE: {
    status: 503,
    actor: "operator",
    text: "the store cannot be used: %s",
    remedy: "See the reason in the message and in the log; check the file system of the data directory.",
  },
  STORE_CLOSED: {
    status: 503,
    actor: "caller",
    text: "the store is closed",
    remedy: "The server is stopping; ask again when it runs.",
  },
  STORE_DIRECTORY: {
    status: 503,
    actor: "operator",
    text: "data directory %s cannot be used: %s",
    remedy: "Choose a directory that this user may write, on a local file system.",
  },
  STORE_LOCKED: {
    status: 503,
    actor: "operator",
    text: "data directory %s is in use by %s",
    remedy: "Stop that process, or give this one a data directory of its own.",
  },
  STORE_CORRUPT: {
    status: 503,
    actor: "operator",
    text: "database %s is damaged: %s",
    remedy: "Move the file away and restore the last backup of the data directory.",
  },
  STORE_NEWER: {
    status: 503,
    actor: "operator",
    text: "database %s was written by a newer version (schema %s, this one knows %s). It was not changed",
    remedy: "Run the version that wrote it, or a newer one.",
  },
  STORE_KEY_MISSING: {
    status: 503,
    actor: "operator",
    text: "key file %s is missing, and database %s is encrypted with it. Nothing was changed",
    remedy: "Put the key file back from the backup; without it the Secrets cannot be read.",
  },
  STORE_KEY_WRONG: {
    status: 503,
    actor: "operator",
    text: "key file %s does not fit database %s: %s. Nothing was changed",
    remedy: "Put back the key file that was made with this database.",
  },
  STORE_KEY_EXPOSED: {
    status: 503,
    actor: "operator",
    text: "key file %s can be read by others (mode %s): run chmod 600 on it",
    remedy: "Restrict the file to its owner; if others may have read it, replace the Secrets too.",
  },
  BLOB_TOO_LARGE: {
    status: 413,
    actor: "caller",
    text: "the content is larger than %s bytes",
    remedy: "Make the document smaller, or split it.",
  },
  BLOB_STORE_FULL: {
    status: 507,
    actor: "operator",
    text: "there is no room left for documents: nothing was kept",
    remedy:
      "Make room on the file system of the data directory, or in the S3 storage that keeps documents; they are kept again at once.",
  },
  BLOB_STORE_UNAVAILABLE: {
    status: 503,
    actor: "operator",
    text: "the documents cannot be read or written: %s",
    remedy:
      "See the reason in the message and in the log; check blobs.db and the folder blobs of the data directory, or the S3 storage that documents.s3 names.",
  },
  BLOB_STORE_SETTING: {
    status: 500,
    actor: "operator",
    text: "documents.s3.%s cannot be used: %s",
    remedy: "Correct the setting and start again.",
  },
  BLOB_DAMAGED: {
    status: 500,
    actor: "operator",
    text: "the content %s is damaged: its bytes are not those that were kept",
    remedy:
      "Upload the document again, which repairs it, or restore the data directory, or the object of this name, from a backup.",
  },
  SEARCH_INDEX_UNAVAILABLE: {
    status: 503,
    actor: "operator",
    text: "documents cannot be searched: %s",
    remedy:
      "See the reason in the message and in the log; a damaged index is begun anew and filled again at the next start.",
  },
  SEARCH_BAD_CURSOR: {
    status: 400,
    actor: "caller",
    text: "invalid cursor: it is not one that this search gave",
    remedy:
      "Use the cursor of the page before, unchanged and with the same query, or search from the beginning.",
  },
});

export type StoreFailureCode = keyof typeof storeFailures;
