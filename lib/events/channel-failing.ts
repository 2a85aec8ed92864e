import { z } from "zod";
import { SYSTEM_MAIL_ID } from "@/lib/core/system-mail";
import { failureData } from "./data";
import { defineEvent, type EventText } from "./define-event";
import { fieldList } from "./field-list";
import { keyOf, keyOfRecipient } from "./key";

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
    /** The one recipient that its service refuses, while the others get everything. */
    recipient: z.string().optional(),
  }),
  audience: "system",
  startsEnabled: true,
  repeat: "first",
  // What only one recipient does not get, the others of the same channel do.
  excludesSubject: ({ data }) => data.recipient === undefined,
  problem: ({ type, subject, data }) =>
    data.recipient === undefined ? keyOf(type, subject.id) : keyOfRecipient(type, subject.id, data.recipient),
  text: ({ subject, data, status }) => {
    if (data.recipient !== undefined) {
      const channel = { id: subject.id, name: data.channel?.name ?? subject.name };
      return recipientText(channel, data.recipient, data, status === "resolved");
    }
    return status === "resolved"
      ? { title: `Channel works again: ${subject.name}`, message: `${subject.name} delivers again.`, fields: [] }
      : {
          title: `Channel Failing: ${subject.name}`,
          message: [`Notifications to ${subject.name} do not get through.`, data.error, data.advice]
            .filter(Boolean)
            .join("\n"),
          fields: fieldList(["Channel", subject.name], ["Service", data.channel?.providerName]),
        };
  },
  sample: () => ({
    subject: { kind: "channel", id: "chn_sample", name: "Ops Discord" },
    data: {
      channel: { id: "chn_sample", name: "Ops Discord", providerName: "Discord" },
      error: "404 Not Found: Unknown Webhook",
    },
  }),
});

/**
 * A recipient as everybody may read it: mail addresses are hidden from those who may not see them where they are shown,
 * numbers and keys of other services keep their end only.
 */
export function shownRecipient(recipient: string): string {
  return recipient.includes("@") || recipient.length <= 4 ? recipient : `…${recipient.slice(-4)}`;
}

function recipientText(
  channel: { id: string; name: string },
  full: string,
  { error, advice }: { error?: string | undefined; advice?: string | undefined },
  isOver: boolean,
): EventText {
  const recipient = shownRecipient(full);
  const fields = fieldList(["Channel", channel.name], ["Recipient", recipient]);
  if (isOver) {
    const message = `${recipient} is accepted again and gets the notifications of ${channel.name}.`;
    return { title: `Recipient accepted again: ${recipient}`, message, fields };
  }
  const message = [
    `${recipient} gets no notifications of ${channel.name}: the service refuses this recipient. All others of the channel get theirs.`,
    error?.replaceAll(full, recipient),
    channel.id === SYSTEM_MAIL_ID
      ? "Correct the address of the account under Users."
      : (advice ?? "Correct the address in the channel, or remove it."),
  ];
  return { title: `Recipient refused: ${recipient}`, message: message.filter(Boolean).join("\n"), fields };
}
