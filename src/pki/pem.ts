/** One block of a PEM text. */
export interface PemBlock {
  readonly label: string;
  readonly der: Buffer;
}

const BEGIN = /^-----BEGIN ([^\r\n]*)-----[ \t]*$/;

/**
 * The blocks of a text in order; what stands around and between them, and blocks that are broken, are
 * passed over, as Go's decoder does. Takes time in proportion to the text.
 */
export function* pemBlocks(text: string): Generator<PemBlock> {
  let label: string | undefined;
  let lines: string[] = [];
  for (const raw of text.split("\n")) {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    const begin = line.startsWith("-----") ? BEGIN.exec(line)?.[1] : undefined;
    if (begin !== undefined) {
      label = begin;
      lines = [];
    } else if (label !== undefined && line.startsWith(`-----END ${label}-----`)) {
      const der = decoded(lines);
      if (der) yield { label, der };
      label = undefined;
    } else if (label !== undefined) lines.push(line);
  }
}

function decoded(lines: readonly string[]): Buffer | undefined {
  // RFC 1421 §4.6: headers such as `Proc-Type: 4,ENCRYPTED`, then an empty line.
  const start = lines[0]?.includes(":") ? lines.findIndex((line) => !line.includes(":")) : 0;
  const body = start < 0 ? "" : lines.slice(start).join("").replace(/[ \t]/g, "");
  const whole = body.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(body);
  return whole ? Buffer.from(body, "base64") : undefined;
}

/** Lines of 64 characters, and a line end after the last (RFC 7468 §2). */
export function pemText({ label, der }: PemBlock): string {
  const body = der.toString("base64").replace(/.{64}(?=.)/g, "$&\n");
  return `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;
}
