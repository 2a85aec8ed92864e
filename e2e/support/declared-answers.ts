import { z } from "zod";

interface Described {
  content?: Record<string, { schema: Record<string, unknown> }>;
  $ref?: string;
}
interface Document {
  paths: Record<string, Record<string, { operationId: string; responses: Record<string, Described> }>>;
}

const documents = new Map<string, Promise<Document | null>>();
const schemas = new WeakMap<object, z.ZodType>();

/**
 * Holds an answer to the description that the running program gives of itself: the status is declared for that call, and
 * the body has the form that is declared for the status. Unknown paths and methods are nobody's.
 * @param url where Belfry is
 * @throws with the call, the status and what does not fit
 */
export async function assertDeclared(
  url: string,
  { method, path }: { method: string; path: string },
  { status, body }: { status: number; body: unknown },
): Promise<void> {
  const document = await read(url);
  const [pathname = ""] = path.split("?");
  const operation = document && find(document, pathname)?.[method.toLowerCase()];
  if (!operation) return;
  const declared = operation.responses[status];
  if (!declared)
    throw new Error(`${operation.operationId} answered ${status}, which its description does not declare.`);
  if (status >= 400) {
    const { code, message } = (body as { error: { code: string; message: string } }).error;
    if (declared.$ref !== `#/components/responses/${code}` || !message)
      throw new Error(`${operation.operationId} answered ${status} with ${JSON.stringify(body)}.`);
    return;
  }
  const schema = declared.content?.["application/json"]?.schema;
  const parsed = schema && schemaOf(schema).safeParse(body);
  if (parsed?.error)
    throw new Error(
      `${operation.operationId}: its answer is not as it is described. ${JSON.stringify(parsed.error.issues)} ${JSON.stringify(body)}`,
    );
}

/** None while the program starts or stops. */
function read(url: string): Promise<Document | null> {
  const known = documents.get(url);
  if (known) return known;
  const reading = fetch(`${url}/api/v1/openapi.json`, { headers: { connection: "close" } })
    .then(async (answer) => (answer.ok ? ((await answer.json()) as Document) : null))
    .catch(() => null);
  documents.set(url, reading);
  void reading.then((document) => document ?? documents.delete(url));
  return reading;
}

function find({ paths }: Document, pathname: string): Document["paths"][string] | undefined {
  const segments = pathname.split("/");
  const fits = (template: string) => {
    const parts = template.split("/");
    return parts.length === segments.length && parts.every((part, at) => part.startsWith("{") || part === segments[at]);
  };
  return paths[pathname] ?? Object.entries(paths).find(([template]) => fits(template))?.[1];
}

function schemaOf(schema: Record<string, unknown>): z.ZodType {
  let made = schemas.get(schema);
  if (!made) {
    // zod compiles patterns without the flag that the specification demands, so those with Unicode classes never match.
    const readable = JSON.parse(JSON.stringify(schema), (key, value: unknown) =>
      key === "pattern" && /\\p\{/i.test(String(value)) ? undefined : value,
    ) as Record<string, unknown>;
    made = z.fromJSONSchema(readable);
    schemas.set(schema, made);
  }
  return made;
}
