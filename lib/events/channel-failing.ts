import { z } from "zod";
import { failureData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

export const channelFailing = defineEvent({
  type: "channel.failing",
  name: "Channel Failing",
  category: "System",
  description: "A channel does not deliver; sent through the others",
  tone: "warning",
  severity: "warning",
  data: z.object({
    ...failureData.shape,
    channel: z.object({ id: z.string(), name: z.string(), providerName: z.string() }).optional(),
  }),
  audience: "system",
  startsEnabled: true,
  repeat: "first",
  excludesSubject: true,
  problem: "subject",
  text: ({ subject, data, status }) =>
    status === "resolved"
      ? { title: `Channel works again: ${subject.name}`, message: `${subject.name} delivers again.`, fields: [] }
      : {
          title: `Channel Failing: ${subject.name}`,
          message: [`Notifications to ${subject.name} do not get through.`, data.error, data.advice]
            .filter(Boolean)
            .join("\n"),
          fields: fieldList(["Channel", subject.name], ["Service", data.channel?.providerName]),
        },
  sample: () => ({
    subject: { kind: "channel", id: "chn_sample", name: "Ops Discord" },
    data: {
      channel: { id: "chn_sample", name: "Ops Discord", providerName: "Discord" },
      error: "404 Not Found: Unknown Webhook",
    },
  }),
});
