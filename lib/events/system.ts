import { formatBytes } from "@/lib/core/format-units";
import type { CatalogEntry } from "./catalog";
import { fieldList } from "./field-list";
import { keyOf } from "./key";

const installation = { kind: "installation", id: "belfry", name: "Belfry" } as const;

export const system: CatalogEntry[] = [
  {
    type: "config_backup.completed",
    name: "Configuration Backup",
    category: "System",
    description: "Belfry's own configuration was backed up",
    tone: "system",
    severity: "info",
    default: "off",
    repeat: "every",
    dedupKey: ({ subject }) => keyOf("config_backup.completed", subject.id),
    resolves: ({ subject }) => [{ key: keyOf("config_backup.failed", subject.id), sendsRecovery: true }],
    text: ({ data }) => ({
      title: "Configuration Backup",
      message: "Belfry's own configuration was backed up.",
      fields: fieldList(
        ["Size", data.run?.bytes ? formatBytes(data.run.bytes) : null],
        ["Destination", data.destinationNames?.join(", ")],
      ),
    }),
    sample: (now) => ({
      subject: installation,
      data: {
        run: {
          id: "run_sample",
          status: "success",
          startedAt: now - 400,
          finishedAt: now,
          bytes: 18_400,
          files: 1,
          attempts: 1,
        },
        destinationNames: ["backup disk"],
      },
    }),
  },
  {
    type: "config_backup.failed",
    name: "Configuration Backup Failed",
    category: "System",
    description: "Belfry's own configuration could not be backed up",
    tone: "failure",
    severity: "critical",
    default: "on",
    repeat: "every",
    dedupKey: ({ subject }) => keyOf("config_backup.failed", subject.id),
    text: ({ data }) => ({
      title: "Configuration Backup Failed",
      message: [data.error ?? "Belfry's own configuration could not be backed up.", data.advice]
        .filter(Boolean)
        .join("\n"),
      fields: fieldList(["Destination", data.destinationNames?.join(", ")]),
    }),
    sample: () => ({
      subject: installation,
      data: { error: "The destination is full: 0 B free.", destinationNames: ["backup disk"] },
    }),
  },
  {
    type: "system.error",
    name: "System Error",
    category: "System",
    description: "The scheduler, the database or a worker is in trouble",
    tone: "failure",
    severity: "critical",
    default: "on",
    repeat: "first",
    dedupKey: ({ subject }) => keyOf("system.error", subject.id),
    text: ({ subject, data, status }) =>
      status === "resolved"
        ? { title: `System healthy again: ${subject.name}`, message: `${subject.name} works again.`, fields: [] }
        : {
            title: `System Error: ${subject.name}`,
            message: [data.error ?? `${subject.name} is in trouble.`, data.advice].filter(Boolean).join("\n"),
            fields: fieldList(["Part", subject.name], ["Host", typeof data.host === "string" ? data.host : null]),
          },
    sample: () => ({
      subject: { kind: "component", id: "scheduler", name: "Scheduler" },
      data: { error: "The scheduler has not ticked for 60 s." },
    }),
  },
  {
    type: "channel.failing",
    name: "Channel Failing",
    category: "System",
    description: "A channel does not deliver; told to the others",
    tone: "warning",
    severity: "warning",
    default: "on",
    repeat: "first",
    dedupKey: ({ subject }) => keyOf("channel.failing", subject.id),
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
  },
];
