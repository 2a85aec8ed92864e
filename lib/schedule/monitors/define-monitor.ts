import type { Notice } from "@/lib/core/bus";
import type { EventData, Subject } from "@/lib/core/event";

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

/** The state of one subject at the moment of a check. Subjects that a check does not mention stay as they are. */
export interface MonitorFinding {
  subject: Subject;
  /** The data of the event that reports the problem; null: there is no problem. */
  problem: EventData | null;
  /** Names one occurrence of a problem that can happen again while its alert is open: each is reported, once. */
  occurrence?: string;
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
  /** Reads the state of its subjects. Throws when it cannot tell: then nothing is raised or resolved. */
  check(now: number, context: MonitorContext): Promise<MonitorFinding[]>;
}

/**
 * Declares a monitor. It only says what is wrong and what is well: an alert is opened on the edge, once per problem,
 * and resolved when the problem is over, also when an earlier process raised it.
 */
export function defineMonitor(monitor: Monitor): Monitor {
  return monitor;
}
