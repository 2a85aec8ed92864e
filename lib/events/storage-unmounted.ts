import { connectionLink, connectionNoun } from "./connection-data";
import { failureData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

export const storageUnmounted = defineEvent({
  type: "storage.unmounted",
  name: "Storage Unmounted",
  category: "Storage",
  description: "The disk of a destination or repository is not mounted any more, or does not answer",
  tone: "failure",
  severity: "critical",
  data: failureData,
  audience: "system",
  startsEnabled: true,
  repeat: "first",
  problem: "subject",
  link: ({ subject }) => connectionLink(subject),
  text: ({ subject, data, status }) =>
    status === "resolved"
      ? { title: `Storage mounted again: ${subject.name}`, message: `${subject.name} is mounted again.`, fields: [] }
      : {
          title: `Storage Unmounted: ${subject.name}`,
          message: [data.error ?? `${subject.name} is not mounted.`, data.advice].filter(Boolean).join("\n"),
          fields: fieldList([connectionNoun(subject), subject.name]),
        },
  sample: () => ({
    subject: { kind: "destination", id: "dst_sample", name: "backup disk" },
    data: {
      error:
        "The destination backup disk is not mounted: /mnt/backup was on the mount /mnt/backup when it was set up, and nothing is mounted there now. Mount it. If it is right as it is, open its settings and save them again.",
    },
  }),
});
