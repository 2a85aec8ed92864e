import type { EventData, EventDraft } from "@/lib/core/event";
import { formatBytes, formatDuration, pluralize } from "@/lib/core/format-units";
import type { NotificationField } from "@/lib/core/notification";
import type { CatalogEntry } from "./catalog";
import { fieldList } from "./field-list";
import { keyOf } from "./key";

function runFields(data: EventData): NotificationField[] {
  const { run } = data;
  return fieldList(
    ["Job", data.job?.name],
    ["Source", data.sourceName],
    [(data.destinationNames?.length ?? 0) > 1 ? "Destinations" : "Destination", data.destinationNames?.join(", ")],
    ["Duration", run?.startedAt && run.finishedAt ? formatDuration(run.finishedAt - run.startedAt) : null],
    ["Size", run?.bytes ? formatBytes(run.bytes) : null],
    ["Files", run?.files ? String(run.files) : null],
    ["Attempts", run && run.attempts > 1 ? String(run.attempts) : null],
  );
}

const jobKey = (type: string) => (draft: EventDraft) => keyOf(type, draft.subject.id);

function sample(
  now: number,
  more: Partial<EventData>,
  run: Partial<NonNullable<EventData["run"]>>,
): ReturnType<CatalogEntry["sample"]> {
  return {
    subject: { kind: "job", id: "job_sample", name: "shop-production" },
    data: {
      job: { id: "job_sample", name: "shop-production", slug: "shop-production" },
      run: {
        id: "run_sample",
        status: "success",
        startedAt: now - 252_000,
        finishedAt: now,
        bytes: 8_400_000_000,
        files: 1,
        attempts: 1,
        ...run,
      },
      sourceName: "shop database",
      destinationNames: ["backup disk"],
      ...more,
    },
  };
}

export const backups: CatalogEntry[] = [
  {
    type: "backup.started",
    name: "Backup Started",
    category: "Backups",
    description: "A run began",
    tone: "info",
    severity: "info",
    default: "job",
    repeat: "every",
    text: ({ subject, data }) => ({
      title: `Backup Started: ${subject.name}`,
      message: `The backup of ${subject.name} began.`,
      fields: runFields(data),
    }),
    sample: (now) => sample(now, {}, { status: "running", finishedAt: null, bytes: null, files: null }),
  },
  {
    type: "backup.completed",
    name: "Backup Completed",
    category: "Backups",
    description: "A run ended well",
    tone: "success",
    severity: "info",
    default: "job",
    repeat: "every",
    dedupKey: jobKey("backup.completed"),
    resolves: ({ subject }) => [
      { key: keyOf("backup.failed", subject.id), sendsRecovery: true },
      { key: keyOf("backup.missed", subject.id), sendsRecovery: true },
      { key: keyOf("backup.warning", subject.id), sendsRecovery: true },
    ],
    text: ({ subject, data }) => ({
      title: `Backup Completed: ${subject.name}`,
      message: `${subject.name} was backed up${data.run?.bytes ? `, ${formatBytes(data.run.bytes)}` : ""}.`,
      fields: runFields(data),
    }),
    sample: (now) => sample(now, {}, {}),
  },
  {
    type: "backup.warning",
    name: "Backup Completed with Warnings",
    category: "Backups",
    description: "A backup was made, but something needs a look",
    tone: "warning",
    severity: "warning",
    default: "job",
    repeat: "every",
    dedupKey: jobKey("backup.warning"),
    resolves: ({ subject }) => [
      { key: keyOf("backup.failed", subject.id), sendsRecovery: false },
      { key: keyOf("backup.missed", subject.id), sendsRecovery: false },
    ],
    text: ({ subject, data }) => ({
      title: `Backup Completed with Warnings: ${subject.name}`,
      message: [`${subject.name} was backed up, but something needs a look.`, data.error, data.advice]
        .filter(Boolean)
        .join("\n"),
      fields: runFields(data),
    }),
    sample: (now) => sample(now, { error: "2 files changed while they were read." }, { status: "warning" }),
  },
  {
    type: "backup.failed",
    name: "Backup Failed",
    category: "Backups",
    description: "A run failed, could not start or was given up",
    tone: "failure",
    severity: "critical",
    default: "job",
    repeat: "every",
    dedupKey: jobKey("backup.failed"),
    text: ({ subject, data }) => ({
      title: `Backup Failed: ${subject.name}`,
      message: [data.error ?? `${subject.name} could not be backed up.`, data.advice].filter(Boolean).join("\n"),
      fields: runFields(data),
    }),
    sample: (now) =>
      sample(
        now,
        { error: "The destination could not be reached: connection refused by nas.example.org:22." },
        { status: "failure", bytes: null, files: null, attempts: 3 },
      ),
  },
  {
    type: "backup.missed",
    name: "Missed Schedule",
    category: "Schedules",
    description: "A due backup did not begin in time",
    tone: "warning",
    severity: "warning",
    default: "job",
    fallsBackToGlobal: true,
    repeat: "every",
    dedupKey: jobKey("backup.missed"),
    text: ({ subject, data }) => ({
      title: `Missed Schedule: ${subject.name}`,
      message: missedMessage(subject.name, data),
      fields: fieldList(
        ["Job", data.job?.name],
        ["Slots missed", data.missed && data.missed.count > 1 ? String(data.missed.count) : null],
        ["Grace", data.missed ? `${data.missed.graceMinutes} min` : null],
      ),
    }),
    sample: (now) => ({
      subject: { kind: "job", id: "job_sample", name: "shop-production" },
      data: {
        job: { id: "job_sample", name: "shop-production", slug: "shop-production" },
        missed: { count: 1, firstDueAt: now - 600_000, lastDueAt: now - 600_000, graceMinutes: 10 },
      },
    }),
  },
];

function missedMessage(name: string, data: EventData): string {
  const { missed } = data;
  const why = missed?.reason ? ` ${missed.reason}` : "";
  if (!missed || missed.count <= 1) return `The backup of ${name} did not begin when it was due.${why}`;
  return `${pluralize(missed.count, "due backup")} of ${name} did not begin.${why}`;
}
