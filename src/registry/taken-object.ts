/** A Secret or an Access Service that is to be written has the name of another Application's. */
export class TakenObject extends Error {
  /** Kind and name. */
  readonly object: string;

  constructor(object: string) {
    super(`${object} belongs to another Application`);
    this.name = "TakenObject";
    this.object = object;
  }
}
