import { z } from "zod";
import { AppError, ERROR_STATUS } from "@/lib/core/errors";
import { allDestinations, allSources } from "@/lib/jobs/registry";
import { allProviders } from "@/lib/providers/registry";
import type { Operation } from "./operation";

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
    retryAfterSeconds: z.number().optional(),
  }),
});

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
      description:
        "Times are ISO 8601 in UTC, ids are opaque. Lists answer `{items, nextCursor}`: pass `nextCursor` as `cursor` to get the next page.",
    },
    servers: [{ url: "/api/v1" }],
    security: [{ apiKey: [] }],
    paths,
    components: {
      securitySchemes: { apiKey: { type: "http", scheme: "bearer", description: "An API key: `bfy_…`" } },
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
  const body = isRead ? undefined : bodyOf(operation, input, rest, required);
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
      default: {
        description: "Error",
        content: { "application/json": { schema: { $ref: "#/components/schemas/Error" } } },
      },
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
  const members = Array.isArray(schema.oneOf) ? (schema.oneOf as ObjectSchema[]) : [];
  return members.length === 1 && members[0] ? members[0] : schema;
}

/** Input is refused where it has names that a schema does not know. */
function refuseUnknown({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }): void {
  if (jsonSchema.type === "object" && jsonSchema.properties) jsonSchema.additionalProperties ??= false;
}

function answerSchema(schema: z.ZodType): Json {
  return plain(z.toJSONSchema(schema, { io: "output", unrepresentable: "any" }));
}

interface ConfiguredKind {
  id: string;
  label: string;
  formSchema(): Record<string, unknown>;
}

/** The schemas of `config`, one per kind. */
function configSchemas(): Record<string, Json> {
  return {
    ...byKind("ChannelConfig", "provider", allProviders()),
    ...byKind("SourceConfig", "kind", allSources()),
    ...byKind("DestinationConfig", "kind", allDestinations()),
  };
}

function byKind(name: string, discriminator: string, kinds: readonly ConfiguredKind[]): Record<string, Json> {
  const entries = kinds.map(
    (kind) => [`${name}.${kind.id}`, { title: kind.label, ...plain(kind.formSchema()) }] as const,
  );
  const anyOf = entries.map(([one]) => ({ $ref: `#/components/schemas/${one}` }));
  return { [name]: { description: `By \`${discriminator}\``, anyOf }, ...Object.fromEntries(entries) };
}

/** @throws AppError `internal` for a schema with definitions of its own: references to them would not resolve in the document */
function plain(schema: unknown): Json {
  const { $schema: _, ...rest } = JSON.parse(JSON.stringify(schema)) as Json;
  if (JSON.stringify(rest).includes('"#/$defs'))
    throw new AppError("internal", "A schema of the API refers to itself.");
  return rest;
}
