import { duration, flag, text, type Resolved } from "../../config/setting.ts";

/** Settings of documents in an S3-compatible storage. The secret key is never a setting: it would be a flag. */
export const s3Settings = {
  bucket: text({
    default: "",
    description:
      "Bucket for the contents of documents. It must exist. Empty: contents are in the data directory; what it holds is copied to a bucket that is named later.",
  }),
  prefix: text({
    default: "",
    description: 'Put before the name of each object, such as "documents/", where others use the bucket too.',
  }),
  endpoint: text({
    default: "",
    description:
      "Address of an S3-compatible storage, such as https://minio.example:9000; empty: that of AWS in the region.",
  }),
  region: text({ default: "us-east-1", description: "Region of the bucket." }),
  pathStyle: flag({
    default: true,
    description:
      "Whether requests name the bucket in their path; false: in the host name, as <bucket>.<host of the endpoint>.",
  }),
  accessKeyId: text({
    default: "",
    description:
      "Access key. Empty: key and secret come from where AWS programs look, such as AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
  }),
  secretAccessKeyFile: text({
    default: "",
    description: "File that holds the secret of accessKeyId, and nothing else. It is read at the start.",
  }),
  timeout: duration({
    default: 30_000,
    description: "How long writing or reading one content may take, with all attempts.",
  }),
};

export type S3Options = Resolved<typeof s3Settings>;
