import Database from "better-sqlite3";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { expect, test } from "vitest";
import { settings } from "./sqlite";
import { listJson, notificationJson, objectJson } from "./stored-json";

test("invalid JSON reads as null and leaves the other rows readable", () => {
  const file = new Database(":memory:");
  file.exec("create table settings (key text primary key, value text not null, updated_at integer not null)");
  const orm = drizzle(file);
  orm
    .insert(settings)
    .values({ key: "whole", value: { a: [1] }, updatedAt: 1 })
    .run();
  file.exec("insert into settings values ('damaged', '{not json', 1), ('empty', '', 1)");
  expect(
    Object.fromEntries(
      orm
        .select()
        .from(settings)
        .all()
        .map(({ key, value }) => [key, value]),
    ),
  ).toEqual({
    whole: { a: [1] },
    damaged: null,
    empty: null,
  });
  file.close();
});

test.each([null, 5, "x", [1, "x", null], {}, { title: 5, fields: [null, { label: "a", value: "b" }] }])(
  "%j where an object, a list or a notification should be",
  (stored) => {
    expect(objectJson(stored)).not.toBeInstanceOf(Array);
    expect(typeof objectJson(stored)).toBe("object");
    expect(listJson(stored)).toBeInstanceOf(Array);
    const { title, message, fields, at, tone } = notificationJson(stored);
    expect([typeof title, typeof message, typeof at, tone]).toEqual(["string", "string", "number", "warning"]);
    for (const field of fields) expect(field.label).toEqual(expect.any(String));
  },
);

test("a complete notification is read as it was written", () => {
  const whole = {
    type: "t",
    typeName: "T",
    tone: "info",
    severity: "info",
    title: "a",
    message: "",
    fields: [],
    at: 5,
  };
  expect(notificationJson({ ...whole, alertId: "x" })).toEqual({ ...whole, alertId: "x" });
});
