import type { Change } from "@/db/stores/change";
import type { Notice } from "@/lib/core/bus";
import type { EventData, Subject } from "@/lib/core/event";
import type { GaplessWatch } from "./gapless-watch";

/** The process that monitors run in. */
export interface MonitorContext {
  dataDir: string;
  /** Whether this process schedules backups. */
  hasScheduler: boolean;
  /** The crash that the previous process recorded. */
  lastCrash: { at: string; message: string } | null;
  /** Milliseconds. */
  startedAt: number;
  /** The same after a restart, another for every process. Null: there is only one. */
  processId: string | null;
}

/** The state of one subject, or of a part that has an alert of its own, at the moment of a check. What a check does not mention stays as it is. */
export interface MonitorFinding {
  subject: Subject;
  /** The data of the event that reports the problem; null: there is no problem. */
  problem: EventData | null;
  /** The data of the event that reports its end. */
  facts?: EventData;
  /** Names one occurrence of a problem that can happen again while its alert is open: each is reported, once. */
  occurrence?: string;
  /**
   * The store change that the problem is, written with the event. It decides, in place of what this process remembers,
   * whether the problem is new; something else than this monitor resolves it.
   */
  change?: Change;
}

export interface Monitor {
  /** Unique; names it in the log. */
  name: string;
  everyMs: number;
  /** Notices after which it checks at once. */
  topics?: readonly Notice["topic"][];
  /** The type of event that it raises and resolves. */
  eventType: string;
  /** Processes that have nothing for it to check leave it out. */
  appliesTo?(context: MonitorContext): boolean;
  /** A subject that a check does not mention has no problem. Its next one is new, whatever ended the last. */
  findsAll?: boolean;
  /** Reads the state of its subjects. Null, or an error, when it cannot tell: then nothing is raised or resolved. */
  check(now: number, context: MonitorContext, watch: GaplessWatch): Promise<MonitorFinding[] | null>;
}

/**
 * Declares a monitor. It only says what is wrong and what is well: an alert is opened on the edge, once per problem,
 * and resolved when the problem is over, also when an earlier process raised it.
 */
export function defineMonitor(monitor: Monitor): Monitor {
  return monitor;
}
