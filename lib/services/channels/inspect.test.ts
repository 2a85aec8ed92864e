import { expect, test } from "vitest";
import { providerOf } from "@/lib/providers/registry";
import { inspect } from "./inspect";

const fieldsOf = async (url: string) => {
  const provider = providerOf("apprise");
  if (!provider) throw new Error("there is no such provider");
  return inspect(provider, { url }).then(
    () => null,
    (error: { details?: { fields?: unknown } }) => error.details?.fields,
  );
};

test("what a configuration only names must be whole, too: its mistake is told at the field that names it", async () => {
  expect(await fieldsOf("slack://A/B/C")).toEqual({
    "config.url": expect.stringMatching(/^Slack: A Slack webhook URL looks like/),
  });
  expect(await fieldsOf("twilio://AC:token@+15557122661/+491701234567")).toEqual({
    "config.url": expect.stringMatching(/Account SID/),
  });
});
