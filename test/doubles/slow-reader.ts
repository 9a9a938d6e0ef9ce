import { AnswerRecorder } from "./answer-recorder.ts";

/** Holds an answer back after each piece, until it is told not to. */
export class SlowReader extends AnswerRecorder {
  holds = true;

  override received(chunk: Buffer): boolean {
    super.received(chunk);
    return !this.holds;
  }
}
