import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { copiedPiece, type Piece, READ_SIZE } from "../../../src/outbound/http1/piece.ts";

interface Held {
  readonly piece: Piece;
  readonly letter: number;
  readonly length: number;
}

const steps = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant("copy" as const), length: fc.nat(READ_SIZE) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("copy" as const), length: fc.nat(100) }) },
    {
      weight: 2,
      arbitrary: fc.record({ kind: fc.constant("release" as const), index: fc.nat(), times: fc.nat(3) }),
    },
  ),
  { maxLength: 40 },
);

test("http1 piece - what is held keeps its bytes, whatever is copied and given back meanwhile, even twice", () => {
  const readBuffer = Buffer.alloc(READ_SIZE);
  let letter = 0;
  fc.assert(
    fc.property(steps, (script) => {
      const held: Held[] = [];
      const releasedBefore: Piece[] = [];
      for (const step of script) {
        if (step.kind === "copy") {
          letter = (letter + 1) % 256;
          const view = readBuffer.subarray(0, step.length).fill(letter);
          held.push({ piece: copiedPiece(view), letter, length: step.length });
        } else {
          const [one] = held.splice(step.index % Math.max(held.length, 1), 1);
          for (let time = 0; time <= step.times; time++) one?.piece.release();
          // Whoever gave a piece back may do so again much later.
          for (const piece of releasedBefore) piece.release();
          if (one) releasedBefore.push(one.piece);
        }
        readBuffer.fill(0);
        for (const { piece, letter: expected, length } of held) {
          assert.equal(piece.bytes.length, length);
          assert.ok(piece.bytes.every((byte) => byte === expected));
        }
      }
    }),
    { numRuns: 60 },
  );
});

test("http1 piece - memory that was given back is used again", () => {
  const view = Buffer.alloc(32 * 1024);
  const first = copiedPiece(view);
  const { buffer } = first.bytes;
  first.release();
  assert.equal(copiedPiece(view).bytes.buffer, buffer);
});
