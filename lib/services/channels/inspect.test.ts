import { beforeAll, expect, test } from "vitest";
import { setProviderIo } from "@/lib/dispatch/send/provider-io";
import { createCommands } from "@/lib/providers/kit/commands/commands";
import { providerOf } from "@/lib/providers/registry";
import { inspect } from "./inspect";

beforeAll(() => {
  const nowhere = () => Promise.reject(new Error("not here"));
  const commands = createCommands({ egress: "any", searchPath: "/nowhere" });
  setProviderIo({ http: { request: nowhere }, mail: { send: nowhere }, commands });
});

const fieldsOf = async (url: string) => {
  const provider = providerOf("apprise");
  if (!provider) throw new Error("there is no such provider");
  return inspect(provider, { url }).then(
    () => null,
    (error: { details?: { fields?: unknown } }) => error.details?.fields,
  );
};

test("what a configuration refers to must be complete, too, or Apprise itself must take it: said at the field that refers to it", async () => {
  expect(await fieldsOf("twilio://AC:token@+15557122661/+491701234567")).toEqual({
    "config.url": expect.stringMatching(/^SMS \(Twilio\): .*Account SID.*Apprise/),
  });
  expect(await fieldsOf("slack://A/B/C/#channel")).toBeNull();
});
