import { duration, flag, oneOf, parseSeconds, wholeNumber, type Resolved } from "../../config/setting.ts";

/**
 * Settings of fetching and rewriting specifications; the aliases are the original's flags and the names of
 * registry spec §§7 and 10.
 */
export const specificationSettings = {
  specRequestTimeout: duration({
    default: 20_000,
    description: "How long fetching a specification may take, the request for a token included.",
    aliases: [{ flag: "specRequestTimeout", parse: parseSeconds }],
  }),
  specRefreshInterval: duration({
    default: 0,
    description:
      "How often specifications are fetched again, give or take a tenth; 0: on request alone. Those that needed credentials or parameters cannot be, for these are not kept.",
  }),
  specFetches: wholeNumber({
    default: 8,
    minimum: 1,
    maximum: 1000,
    description:
      "How many specifications are fetched at once, each of which may hold 64 MiB of memory; for one Application half of them. Others wait for specRequestTimeout.",
  }),
  specFetchPolicy: oneOf(["refuse", "warn"], {
    default: "refuse",
    description:
      "What comes of a specification that cannot be fetched: the registration is refused, or it succeeds with a warning: a new service without it, a changed one with the one that it had.",
    aliases: [{ environment: "SPEC_FETCH_POLICY" }],
  }),
  specValidation: oneOf(["lenient", "strict"], {
    default: "lenient",
    description:
      "What comes of a document that breaks its format: it is shown with what was found in it, or what brings it is refused.",
    aliases: [{ environment: "SPEC_VALIDATION" }],
  }),
  insecureSpecDownload: flag({
    default: false,
    description:
      "Whether specifications, and the tokens for them, are fetched without verifying the servers' certificates.",
    aliases: [{ flag: "insecureSpecDownload" }],
  }),
  rewriteOpenApi3: flag({
    default: false,
    description:
      "Whether the gateway is put first into the servers of OpenAPI 3 documents, as it always replaces the host of Swagger 2 documents.",
    aliases: [{ environment: "REWRITE_OAS3" }],
  }),
};

export type SpecificationOptions = Resolved<typeof specificationSettings>;
