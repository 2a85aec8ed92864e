import { formatDuration } from "@/lib/core/format-units";
import { clientEventData } from "./client-data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

export const clientOffline = defineEvent({
  type: "client.offline",
  name: "Client Offline",
  category: "Clients",
  description: "A client has stopped reporting",
  tone: "warning",
  severity: "warning",
  data: clientEventData,
  audience: "system",
  startsEnabled: true,
  mailAdmins: true,
  repeat: "first",
  problem: "subject",
  times: ({ data: { lastSeenAt } }) => (lastSeenAt === undefined ? [] : [{ label: "Last seen", at: lastSeenAt }]),
  text: ({ subject, data }) => ({
    title: `Client Offline: ${subject.name}`,
    message: [
      data.silentMs === undefined
        ? `${subject.name} has stopped reporting.`
        : `${subject.name} has not reported for ${formatDuration(data.silentMs)}.`,
      "Check that the machine runs, that it reaches Belfry, and what its agent says.",
    ].join("\n"),
    fields: fieldList(["Client", subject.name]),
  }),
  sample: (now) => ({
    subject: { kind: "client", id: "cli_sample", name: "web-1" },
    data: { client: { id: "cli_sample", name: "web-1" }, lastSeenAt: now - 372_000, silentMs: 372_000 },
  }),
});
