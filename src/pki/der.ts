/** Tags of DER as they are written here. */
export const DER = {
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  sequence: 0x30,
  utcTime: 0x17,
  generalizedTime: 0x18,
  explicit0: 0xa0,
} as const;

/**
 * One DER value as hex, of values in hex. Only for writing what is long: the library writes and reads all
 * else.
 */
export function derValue(tag: number, ...contents: readonly string[]): string {
  const content = contents.join("");
  const octets = content.length / 2;
  return `${byte(tag)}${octets < 0x80 ? byte(octets) : longLength(octets)}${content}`;
}

function longLength(octets: number): string {
  const digits = octets.toString(16);
  const whole = digits.length % 2 ? `0${digits}` : digits;
  return `${byte(0x80 | (whole.length / 2))}${whole}`;
}

function byte(value: number): string {
  return value.toString(16).padStart(2, "0");
}

/** A positive integer given in hex. */
export function derInteger(hex: string): string {
  const digits = hex.replace(/^0+(?=.)/, "");
  const whole = digits.length % 2 ? `0${digits}` : digits;
  return derValue(DER.integer, whole < "80" ? whole : `00${whole}`);
}

/** Milliseconds since the epoch, to the second. RFC 5280 §5.1.2.4: two digits of the year until 2049. */
export function derTime(milliseconds: number): string {
  const text = new Date(milliseconds).toISOString().replace(/[-:T]|\.\d+/g, "");
  const short = text < "2050";
  const encoded = Buffer.from(short ? text.slice(2) : text, "latin1").toString("hex");
  return derValue(short ? DER.utcTime : DER.generalizedTime, encoded);
}
