/**
 * `data` of a Secret: values in base64. They are kept in this form, because what somebody has put into a Secret
 * by hand need not be text.
 */
export type SecretData = Readonly<Record<string, string>>;

export function textData(texts: Readonly<Record<string, string>>): SecretData {
  return Object.fromEntries(
    Object.entries(texts).map(([key, text]) => [key, Buffer.from(text).toString("base64")]),
  );
}

/** undefined for a key that is not there. */
export function textOf(data: SecretData | undefined, key: string): string | undefined {
  if (!data || !Object.hasOwn(data, key)) return undefined;
  return Buffer.from(data[key] ?? "", "base64").toString();
}
