import { bytes, flag, text, type Resolved } from "../config/setting.ts";

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
};

export type DocumentsOptions = Resolved<typeof documentsSettings>;
