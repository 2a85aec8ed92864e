import { z } from "zod";
import { testEvent } from "@/lib/dispatch/send/send-test";
import { defineVerb } from "@/lib/services/verb";
import { systemEvent } from "./notifications";

export const eventTestSchema = z.object({
  results: z.array(
    z.object({
      channelId: z.string(),
      channelName: z.string(),
      provider: z.string(),
      recipient: z.string().optional(),
      status: z.enum(["sent", "partial", "dead"]),
      /** The service's answer. */
      error: z.string().optional(),
      advice: z.string().optional(),
    }),
  ),
});
export type EventTestView = z.infer<typeof eventTestSchema>;

/** Sends a sample of an event through the channels it would use; the copy for the user is sent to the tester. */
export const settingsNotificationsTest = defineVerb({
  name: "settings.notifications.test",
  permission: "operator",
  changes: false,
  records: {
    does: "sends",
    entity: "settings",
    subject: async ({ type }) => ({ id: type, name: systemEvent(type).name }),
  },
  input: z.object({ type: z.string().max(64) }),
  async run({ actor }, { type }): Promise<EventTestView> {
    systemEvent(type);
    const tester = actor.kind === "user" ? { id: actor.id, name: actor.name, email: actor.email } : null;
    return { results: await testEvent(type, tester) };
  },
});
