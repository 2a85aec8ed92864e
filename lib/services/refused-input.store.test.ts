import { inArray } from "drizzle-orm";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { z } from "zod";
import { database, databaseHandle } from "@/db/client";
import { freshDatabase } from "@/db/testing";
import { step, transact } from "@/db/transact";
import { startCpuTime } from "@/e2e/support/cpu-time";
import { type Actor, systemActor } from "@/lib/auth/access/actor";
import { toActionError } from "@/lib/core/action-error";
import { isAppError, messageOf } from "@/lib/core/errors";
import { toRunError } from "@/lib/jobs/run-error";
import { setSecretKey } from "@/lib/secrets/key";
import { apiKeysCreate } from "./api-keys/create";
import { channelsCreate } from "./channels/create";
import { notifySend } from "./notify/send";
import { allVerbs } from "./testing/all-verbs";
import { defineVerb } from "./verb";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
});
afterAll(() => close());

const refusal = async (call: Promise<unknown>) => {
  const error = await call.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  if (!isAppError(error)) throw new Error(`not refused by a verb: ${String(error)}`);
  return error;
};

test("fault E14: a call that names 40,000 channels is refused at once, with a sentence", async () => {
  const items = Array.from({ length: 1_000 }, (_, item) => ({
    title: "x",
    message: "x",
    channels: Array.from({ length: 40 }, (_, name) => `channel ${item * 40 + name}`),
  }));
  const cpuTime = startCpuTime();
  const error = await refusal(notifySend.call(systemActor, items));
  expect(error).toMatchObject({
    code: "invalid",
    message: "One call can name 500 different channels; this one names 40,000.",
  });
  expect(cpuTime()).toBeLessThan(1_000);
});

test("fault E14: half a million wrong values, or names that are not known, are refused at once and not all named", async () => {
  const wrong = { title: "x", message: "x", channels: Array.from({ length: 250_000 }, () => 1) };
  const unknown = Object.fromEntries(Array.from({ length: 80_000 }, (_, at) => [`nmae${at}`, 1]));
  const cpuTime = startCpuTime();
  for (const call of [
    notifySend.call(systemActor, wrong),
    notifySend.call(systemActor, unknown),
    apiKeysCreate.call(systemActor, unknown),
    channelsCreate.call(systemActor, { name: "x", provider: "webhook", config: unknown }),
  ]) {
    const error = await refusal(call);
    expect(error.code).toBe("invalid");
    expect(Object.keys(error.details.fields ?? {}).length).toBeLessThanOrEqual(200);
  }
  // Comparing each name with all known ones took minutes.
  expect(cpuTime()).toBeLessThan(8_000);
});

const verbs = (await allVerbs()).filter(({ input }) => input instanceof z.ZodObject);

test("fault E14: NUL and half a character are refused by every verb, beside the field, before anything else is asked", async () => {
  const actor: Actor = systemActor;
  for (const { call, name, input } of verbs) {
    const [field] = Object.keys((input as z.ZodObject).shape);
    if (!field) continue;
    for (const text of ["a\0b", "a\ud800b"]) {
      const error = await refusal(call(actor, { [field]: text }));
      expect([name, error.code, Object.keys(error.details.fields ?? {})]).toEqual([name, "invalid", [field]]);
    }
  }
});

/** Statements that the database itself refuses, each with a word of the driver's that nobody may be shown. */
function driverErrors(): [name: string, run: () => Promise<unknown>][] {
  const { orm, t } = database();
  const many = Array.from({ length: 70_000 }, (_, at) => `secret-value-${at}`);
  const handle = databaseHandle();
  const raw = (text: string, values: unknown[]) =>
    handle.kind === "sqlite"
      ? Promise.resolve().then(() => handle.raw.prepare(text).all(...values))
      : handle.pool.query(text, values);
  const huge = 2 ** 70;
  return [
    ["too many variables", async () => orm.select().from(t.channels).where(inArray(t.channels.id, many))],
    [
      "too many variables in a transaction",
      () => transact([], (tx) => step(tx.orm.select().from(tx.t.channels).where(inArray(tx.t.channels.id, many)))),
    ],
    ["a statement that is none", () => raw("select secret-value frm channels", [])],
    [
      "a row that exists",
      async () => {
        const row = { key: "secret-value", value: true, updatedAt: 1 };
        await orm.insert(t.systemState).values([row, row]);
      },
    ],
    ...(handle.kind === "postgres"
      ? ([
          ["NUL in a text", () => raw("select chr(0), 'secret-value'", [])],
          [
            "a number out of range",
            async () => orm.insert(t.systemState).values({ key: "n", value: 1, updatedAt: huge }),
          ],
          [
            "an index key that is too long",
            async () => {
              const { randomBytes } = await import("node:crypto");
              const key = randomBytes(20_000).toString("base64");
              await orm.insert(t.systemState).values({ key, value: 1, updatedAt: 1 });
            },
          ],
        ] as [string, () => Promise<unknown>][])
      : []),
  ];
}

test("fault E14: no words of a database driver leave the program, whatever statement it refuses; the log has them", async () => {
  const lines: string[] = [];
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  try {
    for (const [name, run] of driverErrors()) {
      const verb = defineVerb({ name: "a.b", permission: "anyone", changes: false, input: z.object({}), run });
      const thrown = await verb.call(null, {}).then(
        () => null,
        (error: unknown) => error,
      );
      expect([name, thrown]).not.toEqual([name, null]);
      const before = lines.length;
      const shown = toActionError(thrown, "a.b");
      expect([name, shown.code, shown.message]).toEqual([
        name,
        "internal",
        expect.stringMatching(/^Something went wrong inside Belfry\. The log has the details under err_\w+\.$/),
      ]);
      expect(lines.slice(before).join("")).toContain("unexpected error");
      for (const text of [messageOf(thrown), toRunError(thrown).message]) {
        expect([name, text]).toEqual([
          name,
          expect.not.stringMatching(
            /secret-value|select|insert|params|variables|syntax|parameters|unique|byte|index|range/i,
          ),
        ]);
      }
    }
  } finally {
    spy.mockRestore();
  }
});
