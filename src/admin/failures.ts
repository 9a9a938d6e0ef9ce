import { defineFailures } from "../core/failures.ts";

/** What the admin API itself refuses, in the words of a Kubernetes API server (admin-api spec §§2, 6, 8, 13). */
export const adminFailures = defineFailures({
  ADMIN_UNAUTHORIZED: {
    status: 401,
    actor: "caller",
    text: "Unauthorized",
    remedy:
      "Send the token of the file admin-token or one of appconn access create as a bearer token; it may be revoked or expired.",
  },
  ADMIN_IMPERSONATION: {
    status: 403,
    actor: "caller",
    text: "impersonation is not supported",
    remedy: "Leave out --as, --as-group and --as-uid: use a token of that user.",
  },
  ADMIN_FORBIDDEN: {
    status: 403,
    actor: "caller",
    text: "%s is forbidden: %s",
    remedy: "Ask an administrator for a token with a role that may: appconn access create.",
  },
  ADMIN_PATH_UNKNOWN: {
    status: 404,
    actor: "caller",
    text: "the server could not find the requested resource",
    remedy: "Ask /apis and /api/v1 for what is served.",
  },
  ADMIN_LIVE_QUERY: {
    status: 400,
    actor: "caller",
    text: "the query is invalid: %s",
    remedy: "Correct what the message names: docs/guides/observing.md lists the parameters.",
  },
  ADMIN_NO_ACCESS_FILE: {
    status: 404,
    actor: "operator",
    text: "what has been cannot be shown, only what happens: telemetry.accessLog.destination is no file of this server",
    remedy:
      "Set telemetry.accessLog.destination to a file, such as access.log, or ask for what happens from now on.",
  },
  ADMIN_NO_SUBRESOURCE: {
    status: 404,
    actor: "caller",
    text: '%s do not have the subresource "%s"',
    remedy: "Write the object itself.",
  },
  ADMIN_METHOD: {
    status: 405,
    actor: "caller",
    text: "the server does not allow this method on the requested resource",
    remedy: "The Allow header names the methods of this path.",
  },
  ADMIN_NOT_ACCEPTABLE: {
    status: 406,
    actor: "caller",
    text: "only the following media types are accepted: %s",
    remedy: "Accept one of the media types that the message names.",
  },
  ADMIN_MEDIA_TYPE: {
    status: 415,
    actor: "caller",
    text: "the body of the request was in an unknown format - accepted media types include: %s",
    remedy: "Send one of the media types that the message names.",
  },
  ADMIN_TOO_LARGE: {
    status: 413,
    actor: "caller",
    text: "Request entity too large: limit is %s",
    remedy: "Split the request; one object is kept in one piece.",
  },
  ADMIN_TOO_MANY: {
    status: 429,
    actor: "caller",
    text: "too many %s at once, please try again later: the limit is %s",
    remedy: "Ask again after Retry-After, or raise admin.maxRequests or admin.maxWatches.",
  },
  ADMIN_BAD_REQUEST: {
    status: 400,
    actor: "caller",
    text: "%s",
    remedy: "The message names what cannot be read.",
  },
  ADMIN_UNRECOGNIZED: {
    status: 400,
    actor: "caller",
    text: "the object provided is unrecognized (must be of type %s): %s",
    remedy: "Send one object of that type with apiVersion and kind.",
  },
  ADMIN_CANNOT_HANDLE: {
    status: 400,
    actor: "caller",
    text: '%s in version "%s" cannot be handled as a %s: %s',
    remedy: "Correct the fields that the message names, or send fieldValidation=Warn to have them dropped.",
  },
  ADMIN_WRONG_API_VERSION: {
    status: 400,
    actor: "caller",
    text: "the API version in the data (%s) does not match the expected API version (%s)",
    remedy: "Send the object to the path of its own apiVersion.",
  },
  ADMIN_ACCESS_EXISTS: {
    status: 409,
    actor: "caller",
    text: 'accesstokens.appconn.dev "%s" already exists',
    remedy: "Take another name, or revoke the token of that name first: appconn access revoke.",
  },
  ADMIN_ACCESS_UNKNOWN: {
    status: 404,
    actor: "caller",
    text: 'accesstokens.appconn.dev "%s" not found',
    remedy: "Look up the names with appconn access list.",
  },
  ADMIN_INVALID: {
    status: 422,
    actor: "caller",
    text: '%s "%s" is invalid: %s',
    remedy: "Correct the fields or parameters that the message names.",
  },
  ADMIN_EXPIRED: {
    status: 410,
    actor: "caller",
    text: "The resourceVersion for the provided list is too old.",
    remedy: "List without resourceVersionMatch=Exact.",
  },
  ADMIN_FUTURE_VERSION: {
    status: 504,
    actor: "caller",
    text: "Timeout: Too large resource version: %s, current: %s",
    remedy: "The version is not of this data directory, or a backup was restored: list again.",
  },
  ADMIN_INTERNAL: {
    status: 500,
    actor: "operator",
    text: "Internal error occurred: see the log of the server",
    remedy: "The log holds the error with its causes.",
  },
  ADMIN_TOKEN_FILE: {
    status: 500,
    actor: "operator",
    text: "the token in %s cannot be used: %s",
    remedy: "Put at least 16 visible characters in one line there, or remove the file: a new token is made.",
  },
});

export type AdminFailureCode = keyof typeof adminFailures;
