import { formatDuration } from "@/lib/core/format-units";
import { connectionData } from "./connection-data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

export const connectionOnline = defineEvent({
  type: "connection.online",
  name: "Connection Recovered",
  category: "Health",
  description: "A source or destination that was offline answers again",
  tone: "success",
  severity: "info",
  data: connectionData,
  audience: "system",
  startsEnabled: true,
  repeat: "every",
  resolves: [{ type: "connection.offline", sendsRecovery: true }],
  link: ({ subject }) => ({ label: `Open ${subject.kind}`, url: `/${subject.kind}s/${subject.id}` }),
  times: ({ data: { connection } }) => (connection ? [{ label: "Not reached since", at: connection.since }] : []),
  text: ({ subject, data: { connection } }) => ({
    title: `Connection Recovered: ${subject.name}`,
    message:
      connection?.downtimeMs === undefined
        ? `The ${subject.kind} ${subject.name} answers again.`
        : `The ${subject.kind} ${subject.name} answers again. It was not reached for ${formatDuration(connection.downtimeMs)}.`,
    fields: fieldList(
      [subject.kind === "source" ? "Source" : "Destination", subject.name],
      ["Downtime", connection?.downtimeMs === undefined ? null : formatDuration(connection.downtimeMs)],
    ),
  }),
  sample: (now) => ({
    subject: { kind: "destination", id: "dst_sample", name: "offsite" },
    data: { connection: { since: now - 2_520_000, misses: 11, downtimeMs: 2_520_000 } },
  }),
});
