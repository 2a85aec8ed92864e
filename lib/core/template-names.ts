/**
 * Names that a job row's own title and message may use as `{{name}}`. They are stable: stored templates,
 * configuration backups and other people's scripts rely on them. Add, never rename.
 */
export const TEMPLATE_NAMES = [
  "event.type",
  "event.name",
  "tone",
  "severity",
  "title",
  "message",
  "error",
  "subject.name",
  "job.id",
  "job.name",
  "job.slug",
  "run.id",
  "run.status",
  "run.startedAt",
  "run.finishedAt",
  "run.durationText",
  "run.bytes",
  "run.bytesText",
  "run.files",
  "destination.names",
  "attempt.count",
  "alert.count",
  "alert.since",
  "downtimeText",
  "log.head",
  "log.tail",
  "belfry.url",
  "link",
] as const;

export type TemplateName = (typeof TEMPLATE_NAMES)[number];
