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

test("a configuration that is only referenced must be complete, too: its issue is reported at the field that references it", async () => {
  expect(await fieldsOf("slack://A/B/C")).toEqual({
    "config.url": expect.stringMatching(/^Slack: A Slack webhook URL looks like/),
  });
  expect(await fieldsOf("twilio://AC:token@+15557122661/+491701234567")).toEqual({
    "config.url": expect.stringMatching(/Account SID/),
  });
});
