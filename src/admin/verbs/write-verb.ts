/** The verb of a method that changes something, of one object or of a collection; undefined for any other. */
export function writeVerb(method: string, item: boolean) {
  switch (method) {
    case "POST":
      return "create";
    case "PUT":
      return "update";
    case "PATCH":
      return "patch";
    case "DELETE":
      return item ? "delete" : "deletecollection";
    default:
      return undefined;
  }
}
