import type { Notification } from "@/lib/core/notification";
import type { MonitoredRun, RenderContext } from "@/lib/providers/contract";

const AT = Date.UTC(2026, 10, 20, 2, 10, 4);

/** A failure as the pipeline composes it. */
export function sampleNotification(more: Partial<Notification> = {}): Notification {
  return {
    type: "backup.failed",
    typeName: "Backup Failed",
    tone: "failure",
    severity: "critical",
    title: "media-library could not be backed up",
    message:
      "The destination could not be reached: connection refused by nas.lan:22. This is the third failure in a row; the last good backup is from yesterday, 03:14.",
    fields: [
      { label: "Job", value: "media-library", short: true },
      { label: "Source", value: "/srv/media (directory)", short: true },
      { label: "Destination", value: "nas.lan (SFTP)", short: true },
      { label: "Attempts", value: "3 in this run", short: true },
    ],
    times: [{ label: "Started", at: AT - 31_000 }],
    link: { label: "Open the run", url: "https://backup.example.org/runs/run_01" },
    at: AT,
    status: "firing",
    alertId: "alt_01",
    ...more,
  };
}

export function sampleContext(more: Partial<RenderContext> = {}): RenderContext {
  return {
    deliveryId: "dlv_01",
    eventId: "evt_01",
    threadId: "alt_01",
    isFirst: true,
    recipient: "",
    timezone: "Europe/Berlin",
    now: AT,
    installation: { name: "Belfry", url: "https://backup.example.org" },
    run: sampleRun(),
    ...more,
  };
}

/** The run that the sample is about, as services that follow runs get it. */
export function sampleRun(more: Partial<MonitoredRun> = {}): MonitoredRun {
  return {
    id: "run_01",
    rid: "5f0c1c1e-6f2b-4d0a-9a53-1b0f3a1d2c4e",
    state: "failure",
    job: { id: "job_01", name: "media-library", slug: "media-library" },
    startedAt: AT - 31_000,
    finishedAt: AT,
    error: "connection refused by nas.lan:22",
    ...more,
  };
}
