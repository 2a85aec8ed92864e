import { z } from "zod";
import { failureData } from "./data";
import { defineEvent } from "./define-event";
import { fieldList } from "./field-list";

export const systemError = defineEvent({
  type: "system.error",
  name: "System Error",
  category: "System",
  description: "The scheduler, the database or a worker does not work",
  tone: "failure",
  severity: "critical",
  data: z.object({ ...failureData.shape, host: z.string().optional() }),
  audience: "system",
  startsEnabled: true,
  repeat: "first",
  problem: "subject",
  text: ({ subject, data, status }) =>
    status === "resolved"
      ? { title: `System healthy again: ${subject.name}`, message: `${subject.name} works again.`, fields: [] }
      : {
          title: `System Error: ${subject.name}`,
          message: [data.error ?? `${subject.name} does not work.`, data.advice].filter(Boolean).join("\n"),
          fields: fieldList(["Part", subject.name], ["Host", data.host]),
        },
  sample: () => ({
    subject: { kind: "component", id: "scheduler", name: "Scheduler" },
    data: { error: "The scheduler has not ticked for 60 s." },
  }),
});
