import { performance } from "node:perf_hooks";
import type { Provider, RenderContext } from "@/lib/providers/contract";
import { allProviders } from "@/lib/providers/registry";
import { type PreviewSample, previewSample } from "@/lib/services/channels/preview-sample";

/** Turns for the compiler to warm up, and those that count. */
const WARM_UP = 300;
const TURNS = 1_000;

const now = Date.now();
const sample = previewSample("failure", undefined, now);
const log = `${sample.log}\n`.repeat(Math.ceil(10_000 / (sample.log.length + 1))).slice(0, 10_000);

/** A problem of a job with its log, as a row that includes the log sends it. */
function contextOf({ event, alert }: PreviewSample, provider: Provider, turn: number): RenderContext {
  return {
    deliveryId: `dlv_${turn}`,
    eventId: event.id,
    threadId: alert?.id ?? event.id,
    isFirst: true,
    recipient: "",
    timezone: "Europe/Berlin",
    now: now + turn,
    because: "the job's row “On Failure”",
    installation: { name: "Belfry", url: "https://backup.example.org" },
    values: { job: { name: "media-library", slug: "media-library" } },
    log,
    ...(provider.wantsRun ? { run: runOf(turn) } : {}),
  };
}

function runOf(turn: number): NonNullable<RenderContext["run"]> {
  return {
    id: `run_${turn}`,
    rid: "5f0c1c1e-6f2b-4d0a-9a53-1b0f3a1d2c4e",
    state: "failure",
    job: { id: "job_01", name: "media-library", slug: "media-library" },
    startedAt: now - 31_000,
    finishedAt: now,
    error: "connection refused by nas.lan:22",
    logLines: log.split("\n").map((text) => ({ at: now, text })),
  };
}

/** Microseconds of each turn; no two messages are equal, so that nothing can be remembered. */
function measure(provider: Provider): number[] {
  const config = provider.parse(provider.example);
  const times: number[] = [];
  for (let turn = 0; turn < WARM_UP + TURNS; turn++) {
    const { title } = sample.notification;
    const notification = { ...sample.notification, alertId: "alt_01", title: `${title} (${turn})`, at: now + turn };
    const context = contextOf(sample, provider, turn);
    const began = performance.now();
    provider.render(notification, config, context);
    if (turn >= WARM_UP) times.push((performance.now() - began) * 1000);
  }
  return times.sort((a, b) => a - b);
}

const figures = allProviders().map((provider) => {
  const times = measure(provider);
  return {
    id: provider.id,
    label: provider.label,
    transport: provider.transport,
    medianUs: times[Math.floor(times.length / 2)],
    p99Us: times[Math.floor(times.length * 0.99)],
  };
});
process.stdout.write(JSON.stringify(figures));
