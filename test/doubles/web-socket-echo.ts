import { switching, type Upgrading } from "./upgrade-target.ts";

/** A WebSocket server that speaks `chat` and sends every frame back (RFC 6455 §5), the one that closes too. */
export const echoesFrames: Upgrading = (upgrade) => {
  const { socket, early } = upgrade;
  socket.write(switching(upgrade, "Sec-WebSocket-Protocol: chat"), "latin1");
  let pending = early;
  socket.on("data", (chunk: Buffer) => {
    pending = Buffer.concat([pending, chunk]);
    for (let frame = readFrame(pending); frame; frame = readFrame(pending)) {
      pending = pending.subarray(frame.size);
      socket.write(unmasked(frame));
      if (frame.first === 0x88) socket.end();
    }
  });
};

interface Frame {
  /** Its first byte: FIN and the kind. */
  readonly first: number;
  readonly payload: Buffer;
  /** Bytes that it took. */
  readonly size: number;
}

/** A masked frame of at most 64 KiB, once it is whole. */
function readFrame(bytes: Buffer): Frame | undefined {
  if (bytes.length < 2) return undefined;
  const short = (bytes[1] as number) & 0x7f;
  const start = short === 126 ? 8 : 6;
  if (bytes.length < start) return undefined;
  const length = short === 126 ? bytes.readUInt16BE(2) : short;
  if (bytes.length < start + length) return undefined;
  const mask = bytes.subarray(start - 4, start);
  const payload = Buffer.from(bytes.subarray(start, start + length));
  for (let index = 0; index < length; index++) payload[index]! ^= mask[index % 4] as number;
  return { first: bytes[0] as number, payload, size: start + length };
}

function unmasked({ first, payload }: Frame): Buffer {
  const head =
    payload.length < 126
      ? Buffer.from([first, payload.length])
      : Buffer.from([first, 126, payload.length >> 8, payload.length & 0xff]);
  return Buffer.concat([head, payload]);
}
