import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { Readable } from "node:stream";
import { before, test } from "node:test";
import { createServer as createTlsServer } from "node:tls";
import { AnswerRecorder } from "../../doubles/answer-recorder.ts";
import { TestAuthority, type KeyPair } from "../../doubles/certificates.ts";
import { eventually } from "../../doubles/eventually.ts";
import { openPool } from "../../doubles/http1-pool.ts";

const MiB = 1024 * 1024;
const TOTAL = 1024 * MiB;

/** What may be under way: the system's buffers of both ends and those of both streams. */
const UNDER_WAY = 24 * MiB;

const PIECE = Buffer.alloc(64 * 1024, "x");

let authority: TestAuthority;
let certificate: KeyPair;

before(async () => {
  authority = await TestAuthority.create();
  certificate = await authority.server();
});

interface RawServer extends AsyncDisposable {
  readonly port: number;
}

async function listen(secure: boolean, serve: (socket: Socket) => void): Promise<RawServer> {
  const sockets = new Set<Socket>();
  const take = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    serve(socket);
  };
  const server: Server = secure
    ? createTlsServer({ cert: certificate.crt, key: certificate.key }, take)
    : createServer(take);
  await once(server.listen(0, "127.0.0.1"), "listening");
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      const closed = once(server, "close");
      server.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

function poolOf(secure: boolean, { port }: RawServer) {
  return openPool(secure ? `https://localhost:${port}` : `http://127.0.0.1:${port}`, {
    tls: { ca: authority.crt },
  });
}

/** Stops after every piece and goes on in a later turn, as a slow caller does. */
class SlowReader extends AnswerRecorder {
  readonly #heard: () => void;

  constructor(heard: () => void) {
    super();
    this.#heard = heard;
  }

  override received(chunk: Buffer): boolean {
    this.size += chunk.length;
    this.#heard();
    setImmediate(() => this.resume());
    return false;
  }
}

for (const secure of [false, true]) {
  const wire = secure ? "TLS" : "TCP";

  for (const framing of ["length", "chunked"] as const) {
    test(`http1 back-pressure - over ${wire}, 1 GiB (${framing}) for a slow reader is never ahead of it`, async () => {
      let sent = 0;
      await using server = await listen(secure, (socket) => {
        const chunked = framing === "chunked";
        const pump = () => {
          while (sent < TOTAL) {
            sent += PIECE.length;
            socket.cork();
            if (chunked) socket.write("10000\r\n");
            const flowing = socket.write(PIECE);
            if (chunked) socket.write("\r\n");
            socket.uncork();
            if (!flowing) return void socket.once("drain", pump);
          }
          if (chunked) socket.write("0\r\n\r\n");
        };
        socket.once("data", () => {
          const says = chunked ? "Transfer-Encoding: chunked" : `Content-Length: ${TOTAL}`;
          socket.write(`HTTP/1.1 200 OK\r\n${says}\r\n\r\n`);
          pump();
        });
      });
      using pool = poolOf(secure, server);
      let ahead = 0;
      const reader = new SlowReader(() => (ahead = Math.max(ahead, sent - reader.size)));
      const answer = await reader.send(pool).over;
      assert.deepEqual([answer.error, answer.size], [undefined, TOTAL]);
      assert.ok(ahead < UNDER_WAY, `the target was ${Math.round(ahead / MiB)} MiB ahead`);
    });
  }

  test(`http1 back-pressure - over ${wire}, 1 GiB for a slow target is read no faster than it takes it`, async () => {
    let arrived = 0;
    await using server = await listen(secure, (socket) => {
      socket.on("data", (chunk: Buffer) => {
        arrived += chunk.length;
        socket.pause();
        setImmediate(() => socket.resume());
        if (arrived >= TOTAL) socket.write("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
      });
    });
    using pool = poolOf(secure, server);
    let read = 0;
    let ahead = 0;
    const body = new Readable({
      read() {
        read += PIECE.length;
        ahead = Math.max(ahead, read - arrived);
        this.push(read > TOTAL ? null : PIECE);
      },
    });
    const headers = ["Content-Length", String(TOTAL)];
    const answer = await AnswerRecorder.send(pool, { method: "POST", body, headers }).over;
    assert.deepEqual([answer.error, answer.body], [undefined, "ok"]);
    assert.ok(ahead < UNDER_WAY, `the body was ${Math.round(ahead / MiB)} MiB ahead`);
  });

  test(`http1 back-pressure - over ${wire}, a paused answer stays where it is while others pass, and then comes whole`, async () => {
    const size = 64 * MiB;
    const sent: number[] = [];
    await using server = await listen(secure, (socket) => {
      const index = sent.push(0) - 1;
      const letter = Buffer.alloc(PIECE.length, "abc"[index] ?? "d");
      const pump = () => {
        while ((sent[index] ?? 0) < size) {
          sent[index] = (sent[index] ?? 0) + PIECE.length;
          if (!socket.write(letter)) return void socket.once("drain", pump);
        }
      };
      socket.once("data", () => {
        socket.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`);
        pump();
      });
    });
    using pool = poolOf(secure, server);
    const letters = new Set<number | undefined>();
    let pieces = 0;
    let open = false;
    const paused = new (class extends AnswerRecorder {
      override received(chunk: Buffer): boolean {
        this.size += chunk.length;
        pieces++;
        for (const place of [0, chunk.length >> 1, chunk.length - 1]) letters.add(chunk[place]);
        return open;
      }
    })();
    paused.send(pool);
    await eventually(() => assert.equal(pieces, 1));
    const others = [AnswerRecorder.send(pool), AnswerRecorder.send(pool)];
    for (const other of others) assert.equal((await other.over).size, size);
    assert.equal(pieces, 1);
    assert.ok((sent[0] ?? 0) < UNDER_WAY);
    open = true;
    paused.resume();
    assert.deepEqual([(await paused.over).error, paused.size], [undefined, size]);
    // Nothing of the others got into its pieces.
    assert.deepEqual([...letters], ["a".charCodeAt(0)]);
  });
}
