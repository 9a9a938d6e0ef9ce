import { bytes, duration, flag, text, type Resolved } from "../config/setting.ts";

/** Settings of the document store. The aliases are those of Rafter's programs (registry spec §9.6). */
export const documentsSettings = {
  public: flag({
    default: false,
    description:
      "Whether everybody may read the documents of services and public uploads. Uploading always needs authentication.",
    aliases: [{ environment: "DOCS_PUBLIC" }],
  }),
  externalUrl: text({
    default: "",
    description:
      "Where clients reach the documents, such as https://documents.example; empty: the address that serves them.",
    aliases: [{ environment: "APP_UPLOAD_EXTERNAL_ENDPOINT" }],
  }),
  maxFileSize: bytes({ default: 32 * 1024 ** 2, description: "The largest file that is taken." }),
  maxRequestSize: bytes({
    default: 128 * 1024 ** 2,
    description: "The largest upload that is taken, with all its files.",
  }),
  webhookConfigMap: text({
    default: "",
    description:
      "namespace/name of a ConfigMap that says which programs of yours change, judge or describe the documents of a type; empty: none.",
  }),
  webhookTimeout: duration({
    default: 60_000,
    description:
      "How long one call of such a program may take. One that comes to nothing is made three times.",
    aliases: [{ environment: "APP_WEBHOOK_VALIDATION_TIMEOUT" }],
  }),
};

export type DocumentsOptions = Resolved<typeof documentsSettings>;
