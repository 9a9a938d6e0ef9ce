/** A task that did not come to its end: it cost too much, its thread broke down, or nobody wants it any more. */
export class EndedTask extends Error {
  override readonly name = "EndedTask";
}
