import { readdirSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { OPERATIONS } from "./operations";
import { openApiRead } from "./read";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
const API = path.join(process.cwd(), "app/api/v1");

interface RouteFile {
  /** As in the table: `/channels/{id}`. */
  path: string;
  handlers: Partial<Record<(typeof METHODS)[number], { verb?: string; status?: number }>>;
}

const files = readdirSync(API, { recursive: true, encoding: "utf8" })
  .filter((file) => path.basename(file) === "route.ts")
  .map((file) => ({ file, path: `/${path.dirname(file).replace(/\[(\w+)\]/g, "{$1}")}` }));

async function load(): Promise<RouteFile[]> {
  return Promise.all(
    files.map(async ({ file, path: at }) => ({ path: at, handlers: await import(path.join(API, file)) })),
  );
}

test("every route file stands in the table with its verb and status, and the table names no other", async () => {
  const known = new Map(
    [...OPERATIONS, { method: "GET", path: "/openapi.json", verb: openApiRead, status: 200, isMachineRoute: undefined }]
      .filter(({ isMachineRoute }) => !isMachineRoute)
      .map(({ method, path: at, verb, status }) => [`${method} ${at}`, `${verb.name} ${status}`]),
  );
  const found = new Map<string, string>();
  for (const { path: at, handlers } of await load()) {
    for (const method of METHODS) {
      const handler = handlers[method];
      if (handler?.verb) found.set(`${method} ${at}`, `${handler.verb} ${handler.status}`);
    }
  }
  expect(Object.fromEntries([...found].sort())).toEqual(Object.fromEntries([...known].sort()));
});

test("every path answers every method, so that a wrong one is refused in JSON", async () => {
  for (const { path: at, handlers } of await load()) {
    expect([at, Object.keys(handlers).sort()]).toEqual([at, [...METHODS].sort()]);
    for (const method of METHODS) {
      const handler = handlers[method] as { verb?: string } & ((request: Request) => Response);
      if (handler.verb) continue;
      const answer = handler(new Request("http://belfry.example/api/v1/x", { method }));
      expect(answer.status).toBe(at.includes("...") ? 404 : 405);
      expect(await answer.json()).toEqual({ error: { code: expect.any(String), message: expect.any(String) } });
    }
  }
});
