import { z } from "zod";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

const data = z.object({
  version: z.object({ before: z.string(), now: z.string() }).optional(),
});

export const databaseVersionChanged = defineEvent({
  type: "database.version_changed",
  name: "Database Version Changed",
  category: "Health",
  description: "The database server of a source has another version than at the last look",
  tone: "info",
  severity: "info",
  data,
  audience: "system",
  startsEnabled: true,
  repeat: "every",
  link: ({ subject }) => ({ label: "Open source", url: `/sources/${subject.id}` }),
  text: ({ subject, data: { version } }) => ({
    title: `Database Version Changed: ${subject.name}`,
    message: [
      version
        ? `The server of ${subject.name} has version ${version.now}; it had ${version.before}.`
        : `The server of ${subject.name} has another version.`,
      "Make a backup and test its restore: the tools must fit the new version.",
    ].join("\n"),
    fields: fieldList(["Source", subject.name], ["Version", version && `${version.before} → ${version.now}`]),
  }),
  sample: () => ({
    subject: { kind: "source", id: "src_sample", name: "shop database" },
    data: { version: { before: "15.14", now: "16.10" } },
  }),
});
