/** What a connected system registers in practice: about 50 KB. */
const BYTES = 50_000;

/** An OpenAPI document of 50 KB; each `index` gives another one, so that none is kept already. */
export function openApi(index: number): object {
  const paths: Record<string, object> = {};
  let size = 0;
  for (let number = 0; size < BYTES - 500; number++) {
    const operation = operationOf(number);
    paths[`/resources-${number}/{id}`] = operation;
    size += JSON.stringify(operation).length + 30;
  }
  return { openapi: "3.0.3", info: { title: `API ${index}`, version: "1.0.0" }, paths };
}

function operationOf(number: number): object {
  const schema = {
    type: "object",
    required: ["id"],
    properties: {
      id: { type: "string" },
      amount: { type: "number", description: "In the currency of the order" },
      lines: { type: "array", items: { type: "object", properties: { text: { type: "string" } } } },
    },
  };
  const content = { "application/json": { schema } };
  return {
    parameters: [{ name: "id", in: "path", required: true, schema: { type: "string" } }],
    get: {
      operationId: `getResource${number}`,
      summary: `Reads the resource ${number}`,
      responses: { 200: { description: "The resource as it is", content } },
    },
    put: {
      operationId: `putResource${number}`,
      summary: `Replaces the resource ${number}`,
      requestBody: { content },
      responses: { 204: { description: "It was replaced" } },
    },
  };
}
