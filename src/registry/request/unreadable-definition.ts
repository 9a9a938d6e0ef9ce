/** A body that is no service definition at all: no JSON, or a value of the wrong type. Its message is for the client. */
export class UnreadableDefinition extends Error {
  override readonly name = "UnreadableDefinition";
}
