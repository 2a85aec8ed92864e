import { openSubjects } from "@/db/queries/alerts";
import { firstOfAlertChange } from "@/db/stores/alerts";
import type { EventDraft } from "@/lib/core/event";
import { Loop } from "@/lib/core/loop";
import { emit, emitAll } from "@/lib/dispatch/emit";
import { eventType } from "@/lib/events/catalog";
import type { Monitor, MonitorContext, MonitorFinding } from "./define-monitor";
import { GaplessWatch } from "./gapless-watch";
import { MONITORS } from "./registry";

/** Events that are written in one transaction. */
const TOGETHER = 100;

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
  const { name, everyMs, topics, eventType: type } = monitor;
  /** Problems, by the keys of their alerts, and occurrences that were reported. A person may resolve an alert while its problem lasts. */
  const reported = new Set<string>();
  const watch = new GaplessWatch(everyMs);
  return new Loop({ name, intervalMs: everyMs, topics, runsAtStart: true }, async () => {
    const findings = await monitor.check(Date.now(), context, watch);
    if (findings === null) return;
    if (monitor.findsAll) forgetOthers(type, reported, findings);
    if (findings.length === 0) return;
    await reportChanges(type, findings);
    const open = new Set((await openSubjects(type)).map(({ dedupKey }) => dedupKey));
    for (const finding of findings) if (!finding.change) await report(type, finding, open, reported);
  });
}

/** An alert may have been closed by something else than this monitor, and so may its problem have ended. */
function forgetOthers(type: string, reported: Set<string>, findings: readonly MonitorFinding[]): void {
  const found = new Set(findings.map((finding) => alertKey(type, finding)));
  for (const key of reported) if (!found.has(key)) reported.delete(key);
}

/** The key of the alert that a finding opens or resolves: of one subject there may be several. */
function alertKey(type: string, { subject, problem, facts = {} }: MonitorFinding): string {
  const key = eventType(type).dedupKey({ type, subject, data: problem ?? facts });
  if (key === null) throw new Error(`A monitor raises ${type}, which opens no alert.`);
  return key;
}

/** Emits the problems that are changes of the store, some together: when a network fails, there are thousands. */
async function reportChanges(type: string, findings: readonly MonitorFinding[]): Promise<void> {
  const inputs = findings.flatMap(({ subject, problem, change }) =>
    change && problem ? [{ draft: { type, subject, data: problem, status: "firing" as const }, change }] : [],
  );
  for (let at = 0; at < inputs.length; at += TOGETHER) await emitAll(inputs.slice(at, at + TOGETHER));
}

/** Emits on the edge. What cannot be emitted throws, and is found again by the next check. */
async function report(
  type: string,
  finding: MonitorFinding,
  open: ReadonlySet<string>,
  reported: Set<string>,
): Promise<void> {
  const { subject, problem, facts = {}, occurrence } = finding;
  const alert = alertKey(type, finding);
  if (problem) {
    const key = occurrence === undefined ? alert : `${alert} ${occurrence}`;
    const isKnown = reported.has(key) || (occurrence === undefined && open.has(alert));
    if (!isKnown) await raise({ type, subject, data: problem, status: "firing" }, occurrence === undefined);
    reported.add(key);
    return;
  }
  if (open.has(alert)) await emit({ type, subject, data: facts, status: "resolved" });
  reported.delete(alert);
}

/** @param isOnce another process may see the same problem: only the first of them notifies */
async function raise(draft: EventDraft, isOnce: boolean): Promise<void> {
  const key = isOnce ? eventType(draft.type).dedupKey(draft) : null;
  await (key === null ? emit(draft) : emit(draft, firstOfAlertChange(key)));
}
