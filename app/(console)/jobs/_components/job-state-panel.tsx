import { MOST_BARS, RunBars } from "@/components/chart/run-bars";
import { formatDateTime, formatList, pluralize } from "@/components/format";
import { msOf } from "@/components/ms-of";
import { runDurationMs } from "@/components/run/run-labels";
import type { RunListItem } from "@/components/run/run-table";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { RelativeTime } from "@/components/ui/relative-time";
import { nextExpected } from "@/lib/core/cron/expected-report";
import { jobsRoutingPreview } from "@/lib/services/jobs/routing-preview";
import type { JobView } from "@/lib/services/jobs/view";
import { runsList } from "@/lib/services/runs/list";
import { page, pageOrNull } from "@/lib/web/page";
import { failingSince } from "./failing-since";

/** What one opens a job for: since when it fails, how its runs went, when the next ones are, and who would be notified. */
export async function JobStatePanel({ job, timezone }: { job: JobView; timezone: string }) {
  const jobId = job.id;
  const [{ items: runs }, failure] = await Promise.all([
    page(runsList, { jobId, kind: "backup", limit: MOST_BARS }),
    // Null for readers who may not know.
    pageOrNull(jobsRoutingPreview, { jobId, state: "failure" }),
  ]);
  const notified = failure && atOnce(failure.entries);
  const schedule = job.enabled ? job.schedule : null;
  const now = Date.now();
  const since = failingSince(runs);
  const next = schedule ? nextThree(schedule, now) : [];
  return (
    <Panel padded={false}>
      <div className="grid gap-x-6 gap-y-4 p-4 text-sm md:grid-cols-[minmax(0,1fr)_minmax(0,12rem)_minmax(0,14rem)]">
        <div className="min-w-0">
          <p className="mb-2">
            {since ? (
              <span className="font-medium text-failure">
                Failing since{" "}
                <TextLink href={`/runs/${since.id}`}>
                  <RelativeTime at={msOf(since.startedAt ?? since.queuedAt)} />
                </TextLink>
                {since.count > 1 && `, ${pluralize(since.count, "run")}`}
              </span>
            ) : (
              <span className="text-muted">
                {runs.length === 0 ? "It has not run yet" : `Last ${pluralize(runs.length, "run")}`}
              </span>
            )}
          </p>
          {runs.length > 0 && <RunBars {...barsOf(runs, timezone, now)} />}
        </div>
        <section aria-labelledby="next-runs">
          <h2 id="next-runs" className="mb-1 text-muted">
            Next runs
          </h2>
          {next.length === 0 ? (
            <p>{schedule ? "none" : "not scheduled"}</p>
          ) : (
            <ol>
              {next.map((at) => (
                <li key={at}>
                  <RelativeTime at={at} />
                </li>
              ))}
            </ol>
          )}
        </section>
        {notified && (
          <section aria-labelledby="failure-notifies">
            <h2 id="failure-notifies" className="mb-1 text-muted">
              A failure notifies
            </h2>
            <p className="[overflow-wrap:anywhere]">
              {notified.length === 0 ? "nobody; the alert appears in the inbox" : formatList(notified)}
            </p>
            <TextLink href={`/jobs/${jobId}?tab=notifications`} className="text-muted text-xs">
              Who gets notified?
            </TextLink>
          </section>
        )}
      </div>
    </Panel>
  );
}

/** The channels that are notified at once, each once. */
function atOnce(entries: readonly { when: string; outcome: string; channelName: string }[]): string[] {
  const now = entries.filter(({ when, outcome }) => when === "now" && outcome === "notified");
  return [...new Set(now.map(({ channelName }) => channelName))];
}

function nextThree(given: NonNullable<JobView["schedule"]>, now: number): number[] {
  const schedule = { cron: null, timezone: null, periodMinutes: null, onCalendar: null, ...given };
  const slots: number[] = [];
  for (let at = nextExpected(schedule, now); at !== null && slots.length < 3; at = nextExpected(schedule, at))
    slots.push(at);
  return slots;
}

function barsOf(runs: readonly RunListItem[], timezone: string, now: number) {
  const count = (wanted: string) => runs.filter(({ status }) => status === wanted).length;
  const bars = runs.map((run) => ({
    id: run.id,
    status: run.status,
    durationMs: runDurationMs(run, now),
    when: formatDateTime(msOf(run.startedAt ?? run.queuedAt) ?? now, timezone),
  }));
  const description = `Of the last ${pluralize(runs.length, "run")}, ${count("success")} succeeded, ${count("warning")} had warnings and ${count("failure")} failed`;
  return { bars: bars.reverse(), description };
}
