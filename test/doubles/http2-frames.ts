import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";

/** Kinds of frames (RFC 9113 §6). */
export const FRAME = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  pushPromise: 5,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;

export const END_STREAM = 1;
export const END_HEADERS = 4;
const ACK = 1;

const HEAD_SIZE = 9;
const PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length;

export interface Frame {
  readonly kind: number;
  readonly flags: number;
  readonly stream: number;
  readonly payload: Buffer;
}

/** The bytes of one frame, whatever it says. */
export function frame(
  kind: number,
  flags: number,
  stream: number,
  payload: Buffer = Buffer.alloc(0),
): Buffer {
  const head = Buffer.alloc(HEAD_SIZE);
  head.writeUIntBE(payload.length, 0, 3);
  head[3] = kind;
  head[4] = flags;
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

export function words(...numbers: readonly number[]): Buffer {
  const bytes = Buffer.alloc(numbers.length * 4);
  for (const [index, number] of numbers.entries()) bytes.writeUInt32BE(number, index * 4);
  return bytes;
}

/** Header fields as literals that no table remembers (RFC 7541 §6.2.2), one character per byte. */
export function literals(...fields: readonly string[]): Buffer {
  return Buffer.concat(
    fields.flatMap((text, index) => (index % 2 === 0 ? [Buffer.from([0]), literal(text)] : [literal(text)])),
  );
}

/** A string as it stands in a header block, not compressed (RFC 7541 §5.2). */
export function literal(text: string): Buffer {
  const length: number[] = [];
  let rest = text.length;
  if (rest < 127) length.push(rest);
  else {
    length.push(127);
    for (rest -= 127; rest >= 128; rest = Math.floor(rest / 128)) length.push((rest % 128) + 128);
    length.push(rest);
  }
  return Buffer.concat([Buffer.from(length), Buffer.from(text, "latin1")]);
}

/** One connection to a target that speaks in frames, right ones and others. */
export class FramedConnection {
  readonly frames: Frame[] = [];
  readonly #socket: Socket;
  #pending: Buffer = Buffer.alloc(0);
  #begun = false;

  constructor(socket: Socket, took: (frame: Frame, connection: FramedConnection) => void) {
    this.#socket = socket;
    socket.on("error", () => {});
    socket.on("data", (bytes: Buffer) => {
      this.#pending = Buffer.concat([this.#pending, bytes]);
      for (const one of this.#whole()) {
        this.frames.push(one);
        took(one, this);
      }
    });
  }

  send(...frames: readonly Buffer[]): void {
    if (this.#socket.writable) this.#socket.write(Buffer.concat(frames));
  }

  end(): void {
    this.#socket.end();
  }

  reset(): void {
    this.#socket.resetAndDestroy();
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed;
  }

  *#whole(): Iterable<Frame> {
    if (!this.#begun && this.#pending.length >= PREFACE) {
      this.#begun = true;
      this.#pending = this.#pending.subarray(PREFACE);
    }
    while (this.#begun && this.#pending.length >= HEAD_SIZE) {
      const end = HEAD_SIZE + this.#pending.readUIntBE(0, 3);
      if (this.#pending.length < end) return;
      const [kind = 0, flags = 0] = this.#pending.subarray(3, 5);
      const stream = this.#pending.readUInt32BE(5) % 2 ** 31;
      const payload = this.#pending.subarray(HEAD_SIZE, end);
      this.#pending = this.#pending.subarray(end);
      yield { kind, flags, stream, payload };
    }
  }
}

export interface FramedTarget extends AsyncDisposable {
  readonly port: number;
  readonly url: string;
  readonly connections: readonly FramedConnection[];
}

export interface FramedTargetOptions {
  /** What it says first; empty settings unless given. Nothing: it does not acknowledge ours either. */
  readonly greeting?: Buffer;
  /** Does not answer PING. */
  readonly deaf?: boolean;
}

/** Settings that say nothing: all is as the RFC has it. */
const SETTINGS = frame(FRAME.settings, 0, 0);

/** A target that acknowledges settings and answers PING; the rest is what `asked` does with the head of a request. */
export async function startFramedTarget(
  asked: (connection: FramedConnection, stream: number) => void,
  { greeting = SETTINGS, deaf = false }: FramedTargetOptions = {},
): Promise<FramedTarget> {
  const sockets = new Set<Socket>();
  const connections: FramedConnection[] = [];
  const took = ({ kind, flags, stream, payload }: Frame, connection: FramedConnection) => {
    const isAck = (flags & ACK) !== 0;
    if (kind === FRAME.settings && !isAck && greeting.length > 0)
      connection.send(frame(FRAME.settings, ACK, 0));
    if (kind === FRAME.ping && !isAck && !deaf) connection.send(frame(FRAME.ping, ACK, 0, payload));
    if (kind === FRAME.headers) asked(connection, stream);
  };
  const server = createServer((socket) => {
    sockets.add(socket);
    connections.push(new FramedConnection(socket, took));
    socket.write(greeting);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    url: `http://127.0.0.1:${port}`,
    connections,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
