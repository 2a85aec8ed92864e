import { expect, test } from "vitest";
import { z } from "zod";
import { OPERATIONS } from "./operations";
import { readOnlyNames, refuseReadOnly } from "./read-only";

const changing = OPERATIONS.filter(({ method }) => method === "PATCH");

test("what was read as a whole and is sent back is refused as read-only, name by name", () => {
  const channel = changing.find(({ path }) => path === "/channels/{id}");
  if (!channel) throw new Error("no operation");
  const readOnly = readOnlyNames(OPERATIONS, channel);
  expect(readOnly).toEqual(expect.arrayContaining(["createdAt", "updatedAt", "provider"]));
  expect(readOnly).not.toContain("name");
  const refuse = () => refuseReadOnly({ name: "x", createdAt: "2026" }, { id: "chn_1" }, readOnly);
  expect(refuse).toThrow(expect.objectContaining({ code: "invalid" }));
  try {
    refuse();
  } catch (error) {
    expect(error).toMatchObject({ details: { fields: { createdAt: "“createdAt” is read-only: leave it out." } } });
  }
});

test("no field that a job is changed by is read-only, whatever executes it", () => {
  const job = changing.find(({ path }) => path === "/jobs/{id}");
  if (!job) throw new Error("no operation");
  const readOnly = readOnlyNames(OPERATIONS, job);
  expect(readOnly).toEqual(expect.arrayContaining(["createdAt", "lastRun", "health", "sourceName"]));
  for (const name of ["name", "enabled", "schedule", "destinationIds", "clientJob", "notifications"])
    expect(readOnly).not.toContain(name);
});

test("an id in the body has to be that of the path", () => {
  expect(() => refuseReadOnly({ id: "chn_1" }, { id: "chn_1" }, [])).not.toThrow();
  expect(() => refuseReadOnly({ id: "chn_2" }, { id: "chn_1" }, [])).toThrow();
});

test.each(changing.map((one) => [one.path, one] as const))(
  "every name that reading %s answers is taken when it is changed, or called read-only",
  (_, operation) => {
    const known = new Set([
      ...Object.keys(
        (z.toJSONSchema(operation.verb.input, { io: "input", unrepresentable: "any" }).properties ?? {}) as object,
      ),
      ...readOnlyNames(OPERATIONS, operation),
    ]);
    const reading = OPERATIONS.find(({ path, method }) => path === operation.path && method === "GET");
    const answer: { properties?: object } = reading?.answer
      ? z.toJSONSchema(reading.answer, { unrepresentable: "any" })
      : {};
    const unknown = Object.keys(answer.properties ?? {}).filter((name) => !known.has(name));
    // A union is described by its members.
    if (known.size > 0 && !("oneOf" in z.toJSONSchema(operation.verb.input, { io: "input", unrepresentable: "any" })))
      expect(unknown).toEqual([]);
  },
);
