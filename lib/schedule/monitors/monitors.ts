import { openSubjects } from "@/db/queries/alerts";
import { Loop } from "@/lib/core/loop";
import { emit } from "@/lib/dispatch/emit";
import type { Monitor, MonitorContext, MonitorFinding } from "./define-monitor";
import { MONITORS } from "./registry";

/** Runs all monitors that apply to this process. A background part with `start` and `stop`. */
export class Monitors {
  readonly name = "monitors";
  private readonly loops: Loop[];

  constructor(context: MonitorContext, monitors: readonly Monitor[] = MONITORS) {
    this.loops = monitors
      .filter((monitor) => monitor.appliesTo?.(context) ?? true)
      .map((monitor) => monitorLoop(monitor, context));
  }

  /** Checks once, then at every monitor's own interval. */
  async start(): Promise<void> {
    for (const loop of this.loops) await loop.start();
  }

  async stop(): Promise<void> {
    await Promise.all(this.loops.map((loop) => loop.stop()));
  }

  /** Checks everything once. */
  async checkAll(): Promise<void> {
    for (const loop of this.loops) await loop.run();
  }
}

function monitorLoop(monitor: Monitor, context: MonitorContext): Loop {
  const { name, everyMs, topics, eventType } = monitor;
  /** Problems and occurrences that were reported. A person may resolve an alert while its problem lasts. */
  const reported = new Set<string>();
  return new Loop({ name, intervalMs: everyMs, topics, runsAtStart: true }, async () => {
    const findings = await monitor.check(Date.now(), context);
    if (findings.length === 0) return;
    const open = new Set((await openSubjects(eventType)).map(({ subjectId }) => subjectId));
    for (const finding of findings) await report(eventType, finding, open, reported);
  });
}

/** Emits on the edge. What cannot be emitted throws, and is found again by the next check. */
async function report(
  eventType: string,
  { subject, problem, occurrence }: MonitorFinding,
  open: ReadonlySet<string>,
  reported: Set<string>,
): Promise<void> {
  if (problem) {
    const key = occurrence === undefined ? subject.id : `${subject.id} ${occurrence}`;
    const isKnown = reported.has(key) || (occurrence === undefined && open.has(subject.id));
    if (!isKnown) await emit({ type: eventType, subject, data: problem, status: "firing" });
    reported.add(key);
    return;
  }
  if (open.has(subject.id)) await emit({ type: eventType, subject, data: {}, status: "resolved" });
  reported.delete(subject.id);
}
