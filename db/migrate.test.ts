import { afterEach, expect, test } from "vitest";
import { closeDatabase, openDatabase } from "./client";
import { migrate } from "./migrate";

afterEach(closeDatabase);

test("an unreachable PostgreSQL fails with a sentence that names what to check", async () => {
  openDatabase({ url: "postgres://belfry@127.0.0.1:1/belfry", file: "" });
  await expect(migrate(process.cwd())).rejects.toMatchObject({
    code: "unavailable",
    message: expect.stringMatching(/DATABASE_URL.*127\.0\.0\.1:1.*Check/),
  });
});
