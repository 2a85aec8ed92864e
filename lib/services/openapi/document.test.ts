import { expect, test } from "vitest";
import { OPERATIONS } from "./operations";
import { openApiOperation } from "./read";

type Json = Record<string, unknown>;
interface Operation {
  operationId: string;
  parameters?: { name: string; in: string; required: boolean; schema: Json }[];
  requestBody?: {
    required: boolean;
    content: Record<string, { schema: Json & { properties?: Json; required?: string[] } }>;
  };
  responses: Record<string, { content: Record<string, { schema: Json }> }>;
}

const document = (await openApiOperation.verb.call(null, {})) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Json };
};
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
);

test("the document has one operation per line of the table, each with a unique id", () => {
  expect(document.openapi).toBe("3.1.0");
  expect(operations.length).toBe(OPERATIONS.length);
  expect(new Set(operations.map(({ operation }) => operation.operationId)).size).toBe(operations.length);
});

test("every reference resolves, and every path parameter is declared", () => {
  const text = JSON.stringify(document);
  for (const [, name] of text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)) {
    expect(document.components.schemas).toHaveProperty([name ?? ""]);
  }
  expect(text).not.toContain("$defs");
  for (const { path, operation } of operations) {
    const inPath = (operation.parameters ?? []).filter((parameter) => parameter.in === "path");
    expect(inPath.map(({ name }) => `{${name}}`)).toEqual(path.match(/\{\w+\}/g) ?? []);
  }
});

test("a job is created and changed as one of the kinds that there are, each with its own fields", () => {
  const shapes = (path: string, method: string) =>
    document.paths[path]?.[method]?.requestBody?.content["application/json"]?.schema.anyOf as Json[] | undefined;
  for (const [path, method] of [
    ["/jobs", "post"],
    ["/jobs/{id}", "patch"],
  ] as const) {
    const [managed, client] = shapes(path, method) ?? [];
    expect(Object.keys(managed?.properties ?? {})).toEqual(expect.arrayContaining(["name", "sourceId", "schedule"]));
    expect(Object.keys(client?.properties ?? {})).toEqual(expect.arrayContaining(["name", "clientId", "clientJob"]));
    for (const one of [managed, client]) expect(Object.keys(one?.properties ?? {})).not.toContain("id");
  }
});

test("requests are described by the schemas that validate them", () => {
  const create = document.paths["/channels"]?.post;
  const schema = create?.requestBody?.content["application/json"]?.schema;
  expect(Object.keys(schema?.properties ?? {})).toEqual([
    "name",
    "provider",
    "config",
    "enabled",
    "events",
    "minSeverity",
    "mutedUntil",
    "rateLimit",
    "quietHours",
    "texts",
    "labels",
    "reports",
  ]);
  expect(schema?.required).toEqual(["name", "provider", "config"]);
  expect(document.components.schemas["ChannelConfig.webhook"]).toMatchObject({ required: ["url"] });
  expect(Object.keys(create?.responses ?? {})).toEqual(["201", "400", "401", "403", "409", "413", "500", "503"]);
  const list = document.paths["/deliveries"]?.get;
  expect(list?.parameters?.map(({ name }) => name)).toEqual(
    expect.arrayContaining(["cursor", "limit", "status", "channelId", "eventId"]),
  );
  expect(list?.parameters?.every(({ required }) => !required)).toBe(true);
  const users = document.paths["/users"]?.post?.requestBody?.content["application/json"]?.schema;
  expect(users?.properties).not.toHaveProperty("origin");
});
