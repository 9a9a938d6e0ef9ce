import { randomBytes } from "node:crypto";

/**
 * Hex of 17 octets, the last 16 random. RFC 5280 §4.1.2.2 wants a positive integer of at most 20 octets: the
 * first octet keeps it positive and its length the same.
 */
export function newSerialNumber(): string {
  return `01${randomBytes(16).toString("hex")}`;
}
