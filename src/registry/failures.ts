import { defineFailures } from "../core/failures.ts";

/**
 * What the Application Registry refuses and what can go wrong in it. Clients match on status and text, whose
 * first words are the step that failed (registry spec §2.1).
 */
export const registryFailures = defineFailures({
  REGISTRY_NOT_FOUND: {
    status: 404,
    actor: "caller",
    text: "Requested resource could not be found.",
    remedy: "GET /{application}/v1/metadata/api.yaml says which paths there are; none ends with a slash.",
  },
  REGISTRY_METHOD: {
    status: 405,
    actor: "caller",
    text: "Method not allowed.",
    remedy: "The header Allow says which methods the path has.",
  },
  REGISTRY_BAD_PATH: {
    status: 400,
    actor: "caller",
    text: "Invalid path: %s.",
    remedy: "Write the path without characters that two programs could read in different ways.",
  },
  REGISTRY_BAD_REQUEST: {
    status: 400,
    actor: "caller",
    text: "Invalid request: %s.",
    remedy: "Send the header once, and bodies with a length or chunked.",
  },
  REGISTRY_BAD_QUERY: {
    status: 400,
    actor: "caller",
    text: "Invalid query: %s.",
    remedy: "Write dryRun=true once, with a registration or a change of a service, or leave it out.",
  },
  REGISTRY_BODY_TOO_LARGE: {
    status: 413,
    actor: "caller",
    text: "Request body is larger than %s bytes.",
    remedy: "Name a large specification by its specificationUrl, or raise registry.maxBody.",
  },
  REGISTRY_DEFINITION_TOO_LARGE: {
    status: 413,
    actor: "caller",
    text: "%s",
    remedy: "Send shorter descriptions, labels, credentials or parameters; documents do not count.",
  },
  REGISTRY_BODY_UNFINISHED: {
    status: 408,
    actor: "caller",
    text: "Request body did not arrive in time.",
    remedy: "Send the whole body within registry.requestTimeout.",
  },
  REGISTRY_LARGE_BODIES: {
    status: 503,
    actor: "operator",
    text: "Too many large requests at a time.",
    remedy: "Send it again later; requests of more than 128 KiB are worked on a few at a time.",
  },
  REGISTRY_INVALID: {
    status: 400,
    actor: "caller",
    text: "%s",
    remedy: "Correct the fields that the message names.",
  },
  REGISTRY_UNKNOWN_APPLICATION: {
    status: 404,
    actor: "caller",
    text: "%s, Application %s not found",
    remedy: "Create the Application first, or use the name that it has.",
  },
  REGISTRY_UNKNOWN_SERVICE: {
    status: 404,
    actor: "caller",
    text: "%s, Service with ID %s not found",
    remedy: "GET /{application}/v1/metadata/services lists the services with their ids.",
  },
  REGISTRY_IDENTIFIER_TAKEN: {
    status: 409,
    actor: "caller",
    text: "Creating service failed, Service with Identifier %s already exists",
    remedy:
      "GET /{application}/v1/metadata/services?identifier=… finds the service that has it; change that one with PUT.",
  },
  REGISTRY_BAD_KEY: {
    status: 400,
    actor: "caller",
    text: "Invalid Idempotency-Key: %s.",
    remedy:
      'Send one such header, with a new UUID for each registration: "8e03978e-40d5-43dd-bc93-6894a57f9324".',
  },
  REGISTRY_KEY_REUSED: {
    status: 422,
    actor: "caller",
    text: "Creating service failed, Idempotency-Key belongs to a registration with another body",
    remedy: "Repeat a registration with the very same bytes, and give every other one a key of its own.",
  },
  REGISTRY_NAME_TAKEN: {
    status: 400,
    actor: "caller",
    text: "Creating service in Application failed, Service with name %s already exists",
    remedy:
      "Choose a name that differs in more than case and punctuation, for the gateway's address is made of it.",
  },
  REGISTRY_NAME_CHANGED: {
    status: 400,
    actor: "caller",
    text: "Updating %s service failed, updating service in Application repository failed, Cannot change service name to %s for service with ID %s",
    remedy:
      "Callers of the gateway use an address made of the name: keep it, or register another service. registry.compat=1x allows it.",
  },
  REGISTRY_CREDENTIALS_REFUSED: {
    status: 400,
    actor: "caller",
    text: "%s",
    remedy:
      "A masked value keeps the stored one of the same kind; where there is none, send the value itself.",
  },
  REGISTRY_SPECIFICATION_UNREACHABLE: {
    status: 502,
    actor: "target",
    text: "%s, %s",
    remedy:
      "Look at specificationUrl and at what it answers; registry.specFetchPolicy=warn registers services without it, and leaves changed ones the one that they had.",
  },
  REGISTRY_BUSY: {
    status: 503,
    actor: "operator",
    text: "%s, %s",
    remedy:
      "Try again later. Specifications that hang for long take the turns of others: see registry.specFetches and registry.specRequestTimeout.",
  },
  REGISTRY_DOCUMENT_INVALID: {
    status: 400,
    actor: "caller",
    text: "%s, documents break their format: %s",
    remedy:
      "Correct what the text names; ?dryRun=true lists all of it. registry.specValidation=lenient registers such documents with their findings.",
  },
  REGISTRY_DOCUMENTS_UNREADABLE: {
    status: 502,
    actor: "operator",
    text: "Reading specs failed, %s",
    remedy: "See the log; the files of the document store are damaged or cannot be read.",
  },
  REGISTRY_STALE: {
    status: 412,
    actor: "caller",
    text: "Service with ID %s has been changed meanwhile",
    remedy: "Read the service again, apply the change to what was read, and send that with its ETag.",
  },
  REGISTRY_NO_DOCUMENT: {
    status: 404,
    actor: "caller",
    text: "Service with ID %s has no document of type %s",
    remedy: "GET …/services/{serviceId}/specs lists the documents with their types.",
  },
  REGISTRY_NO_SPECIFICATION_URL: {
    status: 400,
    actor: "caller",
    text: "Service with ID %s has no specification that can be fetched",
    remedy: "Only an API with a specificationUrl, or of type OData, can be fetched again.",
  },
  REGISTRY_NO_CERTIFICATE: {
    status: 400,
    actor: "caller",
    text: "Service with ID %s has no generated certificate",
    remedy: "Only a service with certificateGen credentials has a certificate that can be rotated.",
  },
  REGISTRY_FULL: {
    status: 507,
    actor: "operator",
    text: "%s, there is no room for it: %s",
    remedy: "Make room on the file system of the data directory; nothing of the change was kept.",
  },
  REGISTRY_DOCUMENTS_UNWRITABLE: {
    status: 503,
    actor: "operator",
    text: "%s, %s",
    remedy:
      "See the reason in the message; nothing of the change was kept, and it can be sent again when documents can be written.",
  },
  REGISTRY_SECRET_TOO_LARGE: {
    status: 413,
    actor: "caller",
    text: "%s, credentials and request parameters do not fit into a Secret: %s",
    remedy:
      "Send shorter credentials, headers or query parameters; each of both Secrets may have a mebibyte.",
  },
  REGISTRY_OBJECT_TAKEN: {
    status: 409,
    actor: "operator",
    text: "%s, %s belongs to another Application",
    remedy:
      "Rename one of the Applications or give the service another id: both have the same id, and names of Applications that are cut to the same 26 characters.",
  },
  REGISTRY_NOT_INITIALISED: {
    status: 500,
    actor: "operator",
    text: "Service is not initialized properly.",
    remedy: "The store has ended; see the log for why, and start the server again.",
  },
  REGISTRY_UNEXPECTED: {
    status: 500,
    actor: "operator",
    text: "Internal error.",
    remedy:
      "See the log: it has the error with its causes. registry.detailedErrorResponse shows it to clients.",
  },
});

export type RegistryFailureCode = keyof typeof registryFailures;
