import { X509Certificate } from "node:crypto";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]*-----END CERTIFICATE-----/g;

/** Authorities in PEM form, and when they count. */
export interface AuthorityBundle {
  readonly pem: string;
  /** In the order of the text, in milliseconds since the epoch. */
  readonly validity: readonly { readonly from: number; readonly to: number }[];
}

/** As many texts are remembered with what came of them. */
const MOST_REMEMBERED = 4;

/**
 * Reading a bundle of all public authorities takes ten milliseconds, and thousands of APIs may have the same one:
 * while they are compiled, no call is served. The ones used last stand at the end.
 */
const remembered = new Map<string, AuthorityBundle | undefined>();

/**
 * The certificates in a PEM text that may hold more, in one form; undefined where there is none, or one that is none.
 * The same text gives the same object, as long as few others come between.
 */
export function authorityBundle(text: string): AuthorityBundle | undefined {
  const bundle = remembered.has(text) ? remembered.get(text) : readBundle(text);
  remembered.delete(text);
  remembered.set(text, bundle);
  const [oldest] = remembered.keys();
  if (remembered.size > MOST_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  return bundle;
}

function readBundle(text: string): AuthorityBundle | undefined {
  const blocks = text.match(CERTIFICATE) ?? [];
  try {
    // A secure context ignores what is no certificate, and every call would fail instead.
    const certificates = blocks.map((block) => new X509Certificate(block));
    if (certificates.length === 0) return undefined;
    return {
      pem: certificates.map(String).join(""),
      validity: certificates.map(({ validFromDate, validToDate }) => ({
        from: validFromDate.getTime(),
        to: validToDate.getTime(),
      })),
    };
  } catch {
    return undefined;
  }
}
