import { expect, test } from "vitest";
import { withImplied } from "@/lib/services/openapi/allowed-methods";
import type { Operation } from "@/lib/services/openapi/operation";
import { OPERATIONS } from "@/lib/services/openapi/operations";
import { openApiOperation } from "@/lib/services/openapi/read";
import { router } from "./router";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"] as const;
const operations = [...OPERATIONS, openApiOperation];
const routed = operations.filter(({ isMachineRoute }) => !isMachineRoute);

/** The table with verbs that anyone may call, and that answer with their name and input. */
const handle = router(
  operations.map(({ verb, answersFile: _, ...rest }): Operation => {
    const stub = {
      ...verb,
      permission: "anyone" as const,
      permit: async () => undefined,
      call: async (_actor: unknown, input: unknown) => ({ name: verb.name, input }),
    };
    return { ...rest, verb: stub as Operation["verb"] & typeof stub };
  }),
);

async function ask(method: string, path: string) {
  const response = await handle(new Request(`http://belfry.example/api/v1${path}`, { method }));
  const text = await response.text();
  return { status: response.status, allow: response.headers.get("allow"), json: text ? JSON.parse(text) : null };
}

test.each(routed.map((one) => [`${one.method} ${one.path}`, one] as const))("%s is reachable", async (_, one) => {
  const names = [...one.path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
  const { status, json } = await ask(one.method, one.path.replace(/\{(\w+)\}/g, "x-$1"));
  expect(status).toBe(one.status ?? 200);
  if (status === 204) return;
  expect(json).toMatchObject({
    name: one.verb.name,
    input: Object.fromEntries(names.map((name) => [name, `x-${name}`])),
  });
});

test("no operation is declared twice", () => {
  const targets = operations.map(({ method, path }) => `${method} ${path.replace(/\{\w+\}/g, "{}")}`);
  expect(targets).toEqual([...new Set(targets)]);
});

test("every path refuses the methods it does not have, in JSON, and names those it has", async () => {
  for (const path of new Set(routed.map((one) => one.path))) {
    const allowed: string[] = routed.filter((one) => one.path === path).map(({ method }) => method);
    for (const method of METHODS.filter((name) => !allowed.includes(name))) {
      expect(await ask(method, path)).toEqual({
        status: 405,
        allow: withImplied(allowed).join(", "),
        json: { error: { code: "invalid", message: `${method} is not allowed here.` } },
      });
    }
  }
});

test("an unknown path is refused in JSON, a machine route is not answered here, HEAD is answered as GET", async () => {
  for (const path of ["", "/", "/nothing", "/channels/x/nothing", "/notify", "/channels//test"]) {
    expect(await ask("GET", path)).toMatchObject({ status: 404, json: { error: { code: "not_found" } } });
  }
  expect((await handle(new Request("http://belfry.example/api/v1/channels", { method: "HEAD" }))).status).toBe(200);
  expect((await ask("POST", "/channels/%ff/test")).status).toBe(400);
});
