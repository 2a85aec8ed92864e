import { z } from "zod";
import { databaseNow } from "@/db/database-clock";
import { readMetrics } from "@/db/queries/metrics";
import { lastSchedulerTick, oldestDueSlot, waitingChannels } from "@/db/queries/progress";
import type { METRIC_LABELS } from "@/lib/auth/access/visibility/metric-labels";
import { mailListenerState } from "@/lib/core/mail-listener";
import { peekRuntimeValue } from "@/lib/core/runtime";
import { SYSTEM_MAIL_NAME } from "@/lib/core/system-mail";
import { installationName } from "../settings/installation-name";
import { defineVerb } from "../verb";

/** A new label needs its line in the table of visibility. */
type Labels = Partial<Record<keyof typeof METRIC_LABELS, string>>;

interface Sample {
  labels?: Labels;
  value: number;
}

/**
 * The state of the installation in the Prometheus text format, version 0.0.4.
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export const metricsRead = defineVerb({
  name: "metrics.read",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  async run({ now }): Promise<string> {
    const time = databaseNow();
    const [facts, lastTickAt, slotAt, waiting] = await Promise.all([
      readMetrics(now),
      lastSchedulerTick(),
      oldestDueSlot(time),
      waitingChannels(time),
    ]);
    const ageSeconds = (at: number | null) => (at === null ? 0 : Math.max(0, Math.round((time - at) / 1000)));
    const sendableAt = waiting.length > 0 ? Math.min(...waiting.map(({ dueAt }) => dueAt)) : null;
    const info = { name: await installationName(), version: peekRuntimeValue("programVersion") ?? "" };
    return [
      metric("belfry_info", "gauge", "The installation's name and the program's version.", [
        { labels: info, value: 1 },
      ]),
      metric("belfry_deliveries_waiting", "gauge", "Deliveries waiting to be sent.", [{ value: facts.pending }]),
      metric("belfry_oldest_waiting_seconds", "gauge", "Age of the oldest delivery that is due.", [
        { value: facts.oldestSeconds },
      ]),
      metric("belfry_oldest_sendable_seconds", "gauge", "Age of the oldest delivery that a healthy channel may send.", [
        { value: ageSeconds(sendableAt) },
      ]),
      metric("belfry_oldest_slot_seconds", "gauge", "Age of the oldest slot of a schedule that is due.", [
        { value: ageSeconds(slotAt) },
      ]),
      ...channelMetrics(facts),
      metric(
        "belfry_alerts_open",
        "gauge",
        "Open alerts by severity.",
        facts.alerts.map(({ severity, count }) => ({ labels: { severity }, value: count })),
      ),
      metric(
        "belfry_job_last_success_timestamp_seconds",
        "gauge",
        "Time of the last successful run of a job.",
        facts.jobs.map(({ name, at }) => ({ labels: { job: name }, value: Math.round(at / 1000) })),
      ),
      metric(
        "belfry_runs_open",
        "gauge",
        "Queued and running runs by status.",
        facts.runs.map(({ status, count }) => ({ labels: { status }, value: count })),
      ),
      metric(
        "belfry_runs_settled_24h",
        "gauge",
        "Runs that ended in the last 24 hours by how they ended.",
        facts.ended.map(({ status, count }) => ({ labels: { status }, value: count })),
      ),
      ...(lastTickAt
        ? [
            metric("belfry_scheduler_lag_seconds", "gauge", "Time since the last tick of the scheduler that leads.", [
              { value: ageSeconds(lastTickAt) },
            ]),
            metric(
              "belfry_scheduler_last_tick_timestamp_seconds",
              "gauge",
              "Time of the last tick of the scheduler that leads.",
              [{ value: Math.round(lastTickAt / 1000) }],
            ),
          ]
        : []),
      ...mailMetrics(),
      metric("process_resident_memory_bytes", "gauge", "Resident memory of the process.", [
        { value: process.memoryUsage.rss() },
      ]),
    ].join("");
  },
});

/** Of the listener of this process, where mail is taken. */
function mailMetrics(): string[] {
  const listener = mailListenerState();
  if (!listener) return [];
  const help = "1 while mail to external jobs is taken, 0 while the listener cannot listen.";
  return [metric("belfry_mail_listener_up", "gauge", help, [{ value: listener.isListening ? 1 : 0 }])];
}

/** What each channel sent, and how it is. */
function channelMetrics(facts: Awaited<ReturnType<typeof readMetrics>>): string[] {
  return [
    metric(
      "belfry_deliveries_settled_24h",
      "gauge",
      "Deliveries settled in the last 24 hours by status.",
      facts.settled.map(({ status, count }) => ({ labels: { status }, value: count })),
    ),
    metric(
      "belfry_channel_deliveries_settled_24h",
      "gauge",
      "Deliveries of each channel settled in the last 24 hours by status.",
      facts.byChannel.map(({ channel, status, count }) => ({ labels: { channel, status }, value: count })),
    ),
    metric(
      "belfry_channel_healthy",
      "gauge",
      "1 while a channel is healthy, 0 while it is retrying or paused.",
      [
        ...facts.channels,
        // A channel of that name may exist: the service distinguishes them.
        ...(facts.systemMail ? [{ name: SYSTEM_MAIL_NAME, provider: "system_mail", health: facts.systemMail }] : []),
      ].map(({ name, provider, health }) => ({
        labels: { channel: name, provider },
        value: health === "healthy" ? 1 : 0,
      })),
    ),
  ];
}

function metric(name: string, type: "gauge", help: string, samples: readonly Sample[]): string {
  const lines = samples.map(({ labels, value }) => `${name}${labels ? labelText(labels) : ""} ${value}\n`);
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join("")}`;
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(
    ([name, value]) => `${name}="${value.replace(/\\/g, "\\\\").replace(/"/g, '\\"').replace(/\n/g, "\\n")}"`,
  );
  return `{${pairs.join(",")}}`;
}
