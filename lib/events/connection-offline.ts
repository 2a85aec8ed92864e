import { connectionData, connectionLink, connectionNoun } from "./connection-data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

export const connectionOffline = defineEvent({
  type: "connection.offline",
  name: "Connection Offline",
  category: "Health",
  description: "A source, destination or repository was not reached several times in a row",
  tone: "failure",
  severity: "critical",
  data: connectionData,
  audience: "system",
  startsEnabled: true,
  repeat: "first",
  problem: "subject",
  link: ({ subject }) => connectionLink(subject),
  times: ({ data: { connection } }) => (connection ? [{ label: "Not reached since", at: connection.since }] : []),
  text: ({ subject, data }) => ({
    title: `Connection Offline: ${subject.name}`,
    message: [
      `The ${subject.kind} ${subject.name} does not answer${data.connection ? `: ${data.connection.misses} looks in a row did not reach it` : ""}.`,
      data.error,
      data.advice,
    ]
      .filter(Boolean)
      .join("\n"),
    fields: fieldList([connectionNoun(subject), subject.name]),
  }),
  sample: (now) => ({
    subject: { kind: "destination", id: "dst_sample", name: "offsite" },
    data: {
      error: "nas.example.org:22: connection refused.",
      advice: "Check that the machine runs and that this one reaches it.",
      connection: { since: now - 180_000, misses: 3 },
    },
  }),
});
