import { z } from "zod";
import { defineVerb } from "@/lib/services/verb";
import { replacePingKey } from "./ping-key";
import { pingKeyView } from "./ping-key-get";

/** Makes a new ping key: the old one is unknown from then on. */
export const settingsPingKeyRotate = defineVerb({
  name: "settings.pingKey.rotate",
  permission: "admin",
  changes: true,
  input: z.object({}),
  run: async ({ audit }) => pingKeyView(await replacePingKey(audit)),
});
