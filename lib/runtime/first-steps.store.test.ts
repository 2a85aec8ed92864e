import { afterAll, beforeAll, expect, test } from "vitest";
import { freshDatabase } from "@/db/testing";
import { readEnv } from "@/lib/env";
import { setSecretKey } from "@/lib/secrets/key";
import { prepareFirstAccount } from "./first-steps";

let close: () => Promise<void>;
beforeAll(async () => {
  close = await freshDatabase();
  setSecretKey("k".repeat(32));
});
afterAll(() => close());

test("fault E5: the printed code is the same in every process and at every start, and another in every installation", async () => {
  const printed = async (mark: string) => (await prepareFirstAccount(readEnv({ NODE_ENV: "test" }), mark))("http://a");
  const words = await printed("one");
  expect(words).toMatch(
    /^Create the first account at http:\/\/a\/setup\?code=([A-Z2-9]{4}(-[A-Z2-9]{4}){2})\n.*: \1\n$/,
  );
  expect(await printed("one")).toBe(words);
  expect(await printed("other")).not.toBe(words);
});
