import { z } from "zod";
import { ERROR_STATUS, type ErrorCode } from "@/lib/core/errors";
import { configSchemas, plain } from "./config-schemas";
import { type Operation, refusalsOf } from "./operation";

type Json = Record<string, unknown>;

interface ObjectSchema extends Json {
  properties?: Record<string, Json>;
  required?: string[];
}

/** Added by the HTTP layer, never by a caller. */
const INTERNAL_INPUTS = ["origin", "address"];

const errorSchema = z.object({
  error: z.object({
    code: z.enum(Object.keys(ERROR_STATUS) as [keyof typeof ERROR_STATUS]),
    message: z.string(),
    fields: z.record(z.string(), z.string()).optional().meta({ description: "One sentence per field, by its path" }),
    providerStatus: z.int().optional(),
    providerBody: z.string().optional(),
    advice: z.string().optional().meta({ description: "What to do about it" }),
    retryAfterSeconds: z.number().optional().meta({ description: "As in the header `Retry-After`" }),
    proposal: z
      .record(z.string(), z.string())
      .optional()
      .meta({ description: "What fields could be set to, by their path, once a person has compared it: a host key" }),
  }),
});

const MEANINGS: Record<ErrorCode, string> = {
  invalid: "Something that was sent does not fit, or is not known here",
  unauthenticated: "No key, or one that was revoked",
  forbidden: "The key's role does not allow it",
  not_found: "There is no such thing",
  conflict: "A name is taken, something is in use, or the state does not allow it",
  too_large: "The body is too large",
  limit: "Too often; see `Retry-After`",
  internal: "A defect of Belfry; the log has the details under the id in the message",
  delivery_failed: "The service did not take the message",
  unavailable: "The database, a folder or a tool cannot be used at the moment",
};

/** One answer per code of an error. */
function errorAnswers(): Json {
  const header = (description: string, type: string) => ({ description, schema: { type } });
  const content = { "application/json": { schema: { $ref: "#/components/schemas/Error" } } };
  const retryAfter = { "Retry-After": header("Seconds after which to try again, where that is known", "integer") };
  const headers: Partial<Record<ErrorCode, Json>> = {
    unauthenticated: { "WWW-Authenticate": header("`Bearer`", "string") },
    limit: retryAfter,
    delivery_failed: retryAfter,
    unavailable: retryAfter,
  };
  return Object.fromEntries(
    Object.entries(MEANINGS).map(([code, description]) => {
      const own = headers[code as ErrorCode];
      return [code, { description, ...(own && { headers: own }), content }];
    }),
  );
}

/**
 * The management API as an OpenAPI 3.1 document, made from the schemas that validate.
 * @see https://spec.openapis.org/oas/v3.1.1.html
 */
export function openApiDocument(operations: readonly Operation[], version: string): Json {
  const paths: Record<string, Json> = {};
  for (const operation of operations) {
    const path = paths[operation.path] ?? {};
    path[operation.method.toLowerCase()] = describeOperation(operation);
    paths[operation.path] = path;
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Belfry",
      version,
      license: { name: "MIT", identifier: "MIT" },
      description:
        "Times are ISO 8601 in UTC, ids are opaque. Lists answer `{items, nextCursor}`: pass `nextCursor` as `cursor` to get the next page.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: { apiKey: { type: "http", scheme: "bearer", description: "An API key: `bfy_…`" } },
      responses: errorAnswers(),
      schemas: { Error: answerSchema(errorSchema), ...configSchemas() },
    },
  };
}

function describeOperation(operation: Operation): Json {
  const { verb, summary, status = 200, path, method } = operation;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  const input = inputSchema(operation);
  const properties = Object.entries(input.properties ?? {}).filter(([name]) => !INTERNAL_INPUTS.includes(name));
  const inPath = names.map((name) => parameter(name, "path", input.properties?.[name] ?? { type: "string" }, true));
  const rest = properties.filter(([name]) => !names.includes(name));
  const required = (input.required ?? []).filter((name) => !names.includes(name) && !INTERNAL_INPUTS.includes(name));
  const isRead = method === "GET" || method === "DELETE";
  const inQuery = isRead ? rest.map(([name, schema]) => parameter(name, "query", schema, required.includes(name))) : [];
  const members = membersOf(input);
  const body = isRead
    ? undefined
    : members.length > 0
      ? unionBody(members, names)
      : bodyOf(operation, input, rest, required);
  return {
    operationId: verb.name,
    tags: [path.split("/")[1] ?? ""],
    summary,
    description: verb.permission === "anyone" ? "Open to everyone." : `Requires the role ${verb.permission} or higher.`,
    ...(verb.permission === "anyone" && { security: [] }),
    ...(inPath.length + inQuery.length > 0 && { parameters: [...inPath, ...inQuery] }),
    ...(body && { requestBody: body }),
    responses: {
      [status]: successAnswer(operation),
      ...Object.fromEntries(
        refusalsOf(operation).map((code) => [ERROR_STATUS[code], { $ref: `#/components/responses/${code}` }]),
      ),
    },
  };
}

function bodyOf(
  { body, refs = {} }: Operation,
  input: ObjectSchema,
  rest: [string, Json][],
  required: string[],
): Json | undefined {
  if (body) return { required: true, content: { "application/json": { schema: input } } };
  if (rest.length === 0) return undefined;
  const properties = Object.fromEntries(
    rest.map(([name, schema]) => [name, refs[name] ? { $ref: `#/components/schemas/${refs[name]}` } : schema]),
  );
  const schema = { ...input, properties, required: required.length > 0 ? required : undefined };
  return { required: required.length > 0, content: { "application/json": { schema } } };
}

/** The body of an operation that takes one of several shapes, each without what stands in the path. */
function unionBody(members: readonly ObjectSchema[], inPath: readonly string[]): Json {
  const isOfBody = (name: string) => !inPath.includes(name) && !INTERNAL_INPUTS.includes(name);
  // Not `oneOf`: a change that names what all of them have fits each.
  const anyOf = members.map((member) => ({
    ...member,
    properties: Object.fromEntries(Object.entries(member.properties ?? {}).filter(([name]) => isOfBody(name))),
    required: (member.required ?? []).filter(isOfBody),
  }));
  return { required: true, content: { "application/json": { schema: { anyOf } } } };
}

function membersOf({ oneOf }: ObjectSchema): ObjectSchema[] {
  return Array.isArray(oneOf) ? (oneOf as ObjectSchema[]) : [];
}

function successAnswer({ answer, answersFile }: Operation): Json {
  const schema = answer ? answerSchema(answer) : { type: "string" };
  return {
    description: "Success",
    content: { [answersFile ? "application/octet-stream" : "application/json"]: { schema } },
  };
}

function parameter(name: string, location: "path" | "query", schema: Json, required: boolean): Json {
  return { name, in: location, required, schema };
}

function inputSchema({ body, verb }: Operation): ObjectSchema {
  const schema = plain(
    z.toJSONSchema(body ?? verb.input, { io: "input", unrepresentable: "any", override: refuseUnknown }),
  );
  // A union with one member is described as that member.
  const members = membersOf(schema);
  return members.length === 1 && members[0] ? members[0] : schema;
}

/** Input is refused where it has names that a schema does not know. */
function refuseUnknown({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.type === "object" && jsonSchema.properties) jsonSchema.additionalProperties ??= false;
}

function answerSchema(schema: z.ZodType): Json {
  return plain(z.toJSONSchema(schema, { io: "output", unrepresentable: "any" }));
}
