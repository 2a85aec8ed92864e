import { formatDuration } from "@/lib/core/format-units";
import { clientEventData } from "./client-data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

export const clientOnline = defineEvent({
  type: "client.online",
  name: "Client Online",
  category: "Clients",
  description: "A client that was offline reports again",
  tone: "success",
  severity: "info",
  data: clientEventData,
  audience: "system",
  repeat: "every",
  resolves: [{ type: "client.offline", sendsRecovery: true }],
  times: ({ data: { lastSeenAt } }) => (lastSeenAt === undefined ? [] : [{ label: "Offline since", at: lastSeenAt }]),
  text: ({ subject, data }) => ({
    title: `Client Online: ${subject.name}`,
    message:
      data.silentMs === undefined
        ? `${subject.name} reports again.`
        : `${subject.name} reports again. It was offline for ${formatDuration(data.silentMs)}.`,
    fields: fieldList(
      ["Client", subject.name],
      ["Downtime", data.silentMs === undefined ? null : formatDuration(data.silentMs)],
    ),
  }),
  sample: (now) => ({
    subject: { kind: "client", id: "cli_sample", name: "web-1" },
    data: { client: { id: "cli_sample", name: "web-1" }, lastSeenAt: now - 2_520_000, silentMs: 2_520_000 },
  }),
});
