import type { ClaimedEvent } from "@/db/stores/outbox";
import { toIso } from "@/lib/core/clock";
import { formatBytes, formatDuration } from "@/lib/core/format-units";
import type { Notification } from "@/lib/core/notification";
import type { TemplateValues } from "@/lib/providers/contract";
import type { Installation } from "./installation";

/** Lines of a log that `log.head` and `log.tail` stand for. */
const LOG_LINES = 20;

/** The values of a row's own texts, under the names of lib/core/template-names.ts. */
export function templateValues(
  event: ClaimedEvent,
  notification: Notification,
  alert: { count: number; openedAt: number; resolvedAt: number | null } | null,
  log: string,
  installation: Pick<Installation, "name" | "url">,
): TemplateValues {
  const { data } = event;
  const { run, job } = data;
  const lines = log.trimEnd().split("\n");
  const isOver = notification.status === "resolved" || alert?.resolvedAt !== null;
  return {
    event: { type: event.type, name: notification.typeName },
    tone: notification.tone,
    severity: notification.severity,
    title: notification.title,
    message: notification.message,
    error: data.error ?? "",
    subject: { name: event.subject.name },
    job: { id: job?.id ?? "", name: job?.name ?? "", slug: job?.slug ?? "" },
    run: {
      id: run?.id ?? "",
      status: run?.status ?? "",
      startedAt: toIso(run?.startedAt) ?? "",
      finishedAt: toIso(run?.finishedAt) ?? "",
      durationText: run?.startedAt && run.finishedAt ? formatDuration(run.finishedAt - run.startedAt) : "",
      bytes: run?.bytes ?? null,
      bytesText: run?.bytes === null || run?.bytes === undefined ? "" : formatBytes(run.bytes),
      files: run?.files ?? null,
    },
    destination: { names: data.destinationNames?.join(", ") ?? "" },
    attempt: { count: run?.attempts ?? 1 },
    alert: { count: alert?.count ?? null, since: toIso(alert?.openedAt) ?? "" },
    downtimeText: alert && isOver ? formatDuration((alert.resolvedAt ?? notification.at) - alert.openedAt) : "",
    log: { head: lines.slice(0, LOG_LINES).join("\n"), tail: lines.slice(-LOG_LINES).join("\n") },
    belfry: { name: installation.name, url: installation.url ?? "" },
    link: notification.link?.url ?? "",
  };
}
