import { formatDuration } from "@/lib/core/format-units";
import { connectionData, connectionLink, connectionNoun } from "./connection-data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

export const connectionOnline = defineEvent({
  type: "connection.online",
  name: "Connection Recovered",
  category: "Health",
  description: "A source, destination or repository that was offline answers again",
  tone: "success",
  severity: "info",
  data: connectionData,
  audience: "system",
  startsEnabled: true,
  repeat: "every",
  resolves: [{ type: "connection.offline", sendsRecovery: true }],
  link: ({ subject }) => connectionLink(subject),
  times: ({ data: { connection } }) => (connection ? [{ label: "Not reached since", at: connection.since }] : []),
  text: ({ subject, data: { connection } }) => ({
    title: `Connection Recovered: ${subject.name}`,
    message:
      connection?.downtimeMs === undefined
        ? `The ${subject.kind} ${subject.name} answers again.`
        : `The ${subject.kind} ${subject.name} answers again. It was not reached for ${formatDuration(connection.downtimeMs)}.`,
    fields: fieldList(
      [connectionNoun(subject), subject.name],
      ["Downtime", connection?.downtimeMs === undefined ? null : formatDuration(connection.downtimeMs)],
    ),
  }),
  sample: (now) => ({
    subject: { kind: "destination", id: "dst_sample", name: "offsite" },
    data: { connection: { since: now - 2_520_000, misses: 11, downtimeMs: 2_520_000 } },
  }),
});
