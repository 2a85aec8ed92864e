import { z } from "zod";
import { channelById } from "@/db/queries/channels";
import { ofPayload } from "@/lib/auth/access/visibility/conditions";
import { AppError } from "@/lib/core/errors";
import { testChannel } from "@/lib/dispatch/send/send-test";
import { CHANNEL_TEST } from "@/lib/events/channel-test";
import { idField } from "@/lib/services/page";
import { maySee } from "@/lib/services/reveal-answer";
import { defineVerb } from "@/lib/services/verb";
import { sentOrThrow, type TestSent } from "./test-outcome";

/** Sends a Test through a saved channel, on the path of real notifications. */
export const channelsTest = defineVerb({
  name: "channels.test",
  permission: "operator",
  changes: false,
  records: {
    does: "sends",
    entity: "channel",
    async subject({ id }) {
      const channel = await channelById(id);
      if (!channel) throw new AppError("not_found", "There is no such channel.");
      return { id, name: channel.name, detail: { provider: channel.provider } };
    },
  },
  input: z.object({ id: idField }),
  async run({ actor }, { id }): Promise<TestSent> {
    const provider = (await channelById(id))?.provider;
    return sentOrThrow(await testChannel(id), maySee(actor, ofPayload, { provider, eventType: CHANNEL_TEST }));
  },
});
