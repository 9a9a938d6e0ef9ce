import { defineFailures } from "../core/failures.ts";

/** Statuses and texts are the original's (connector spec §16), because clients match on them. */
export const validatorFailures = defineFailures({
  VALIDATOR_NO_CERTIFICATE: {
    status: 500,
    actor: "operator",
    text: "X-Forwarded-Client-Cert header not found",
    remedy:
      "The proxy in front must verify client certificates and set the header, and its address must be in validator.trustedXfccProxies.",
  },
  VALIDATOR_NO_APPLICATION: {
    status: 400,
    actor: "caller",
    text: "application name not specified",
    remedy: "Call /{application}/v1/metadata/services, /{application}/v1/events or /{application}/events.",
  },
  VALIDATOR_BAD_PATH: {
    status: 400,
    actor: "caller",
    text: "the path is not in its plain form: %s",
    remedy:
      "Call the URL as management info gives it: no dot segments, no empty segments, no escaped slashes, backslashes or control characters.",
  },
  VALIDATOR_UNKNOWN_APPLICATION: {
    status: 404,
    actor: "operator",
    text: "while getting application ClientIds: application data for name %s is not found in the cache. Please retry",
    remedy: "Check the Application's name, or create it: appconn get applications.",
  },
  VALIDATOR_NO_VALID_SUBJECT: {
    status: 403,
    actor: "caller",
    text: "no valid subject found",
    remedy:
      "The certificate belongs to another Application, or spec.compassMetadata.authentication.clientIds does not name its common name.",
  },
  VALIDATOR_REVOKED: {
    status: 403,
    actor: "caller",
    text: "Certificate has been revoked.",
    remedy: "Pair again with a new link: appconn token create, appconn connect.",
  },
  VALIDATOR_NO_DESTINATION: {
    status: 404,
    actor: "caller",
    text: "could not determine destination host, requested resource not found",
    remedy: "Call one of the URLs that management info gives.",
  },
});
