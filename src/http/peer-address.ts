import type { Socket } from "node:net";

/** The other end's address, in its plain form; undefined once the socket has gone. */
export function peerAddress(socket: Pick<Socket, "remoteAddress"> | undefined): string | undefined {
  return plainAddress(socket?.remoteAddress);
}

/** A socket that takes IPv6 too writes IPv4 addresses as IPv6 ones. */
export function plainAddress<Address extends string | undefined>(address: Address): Address | string {
  return address?.startsWith("::ffff:") ? address.slice(7) : address;
}
