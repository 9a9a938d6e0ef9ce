/** `credentials.type` of an API entry, by the name of the credentials in a request. */
export const credentialTypes = {
  basic: "Basic",
  oauth: "OAuth",
  certificateGen: "CertificateGen",
} as const;
