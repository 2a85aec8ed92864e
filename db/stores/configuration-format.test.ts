import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "../testing";
import { configurationColumns } from "./configuration";
import { CONFIGURATION_FORMAT, CONFIGURATION_SHAPE } from "./configuration-format";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
});
afterAll(() => close());

test("fault A22: the format of configuration backups is raised with every table and column", () => {
  const names = Object.entries(configurationColumns()).flatMap(([table, columns]) =>
    columns.map((column) => `${table}.${column}`),
  );
  const shape = createHash("sha256").update(names.sort().join("\n")).digest("hex");
  // Not the same? Raise CONFIGURATION_FORMAT, and put this hash beside it.
  expect(`${CONFIGURATION_FORMAT} ${shape}`).toBe(`${CONFIGURATION_FORMAT} ${CONFIGURATION_SHAPE}`);
});
