import { expect, it } from "vitest";
import { suggestedName } from "./suggested-name";

it("suggests a name that is safe as a path and as a database, for any name of a job", () => {
  expect(suggestedName("Shop: Production", "2026-11-20T02:04:05.000Z")).toBe("shop_production_20261120_0204");
  expect(suggestedName("../../etc", "2026-11-20T02:04:05.000Z")).toBe("etc_20261120_0204");
  expect(suggestedName("備份", "2026-11-20T02:04:05.000Z")).toBe("backup_20261120_0204");
});
