import { rm, statfs, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { openSubjects } from "@/db/queries/alerts";
import { messageOf } from "@/lib/core/errors";
import { formatBytes, formatDuration } from "@/lib/core/format-units";
import { loggerOf } from "@/lib/core/logger";
import { runtimeValue } from "@/lib/core/runtime";
import { emit, ROUTING } from "@/lib/dispatch/emit";

const log = loggerOf("self-check");

const CHECK_MS = 15_000;
/** The scheduler ticks every second; this long without one is a stall. */
const STALL_MS = 60_000;
/** Below this the disk counts as full: a database needs room to write at all. */
const MIN_FREE_BYTES = 50_000_000;
/** After a crash the process counts as well again when it has lived this long, and routing without a fault for so long. */
const WELL_AFTER_MS = 300_000;

type Component = { id: string; name: string };
const SCHEDULER: Component = { id: "scheduler", name: "Scheduler" };
const FOLDER: Component = { id: "data-folder", name: "Data folder" };
const PROCESS: Component = { id: "process", name: "Belfry" };

export interface CrashFacts {
  at: string;
  message: string;
}

/** Watches what everything else stands on, and raises `system.error` on the edge, once per problem. */
export class SelfCheck {
  private readonly inTrouble = new Set<string>();
  private timers: NodeJS.Timeout[] = [];

  constructor(
    private readonly options: {
      dataDir: string;
      hasScheduler: boolean;
      lastCrash: CrashFacts | null;
      /** The same after a restart, another for every process: their folders and schedulers are problems of their own. Null: it is alone. */
      processId?: string | null;
    },
  ) {}

  async start(): Promise<void> {
    const { lastCrash } = this.options;
    await this.recall();
    if (lastCrash) {
      this.inTrouble.delete(PROCESS.id);
      await this.report(
        PROCESS,
        `Belfry ended unexpectedly at ${lastCrash.at} and was started again: ${lastCrash.message}`,
      );
    }
    this.timers.push(setTimeout(() => void this.report(PROCESS, null), WELL_AFTER_MS));
    this.timers.push(setInterval(() => void this.look(), CHECK_MS));
    await this.look();
  }

  /** What an earlier life raised is still known, so that its end is told too. */
  private async recall(): Promise<void> {
    try {
      const open = new Set((await openSubjects("system.error")).map((one) => one.subjectId));
      for (const { id } of [SCHEDULER, FOLDER, PROCESS]) if (open.has(this.subjectId(id))) this.inTrouble.add(id);
    } catch (error) {
      log.error("open system errors could not be read", { error });
    }
  }

  private nameOf({ name }: Component): string {
    return this.options.processId ? `${name} on ${hostname()}` : name;
  }

  private subjectId(id: string): string {
    const { processId } = this.options;
    return processId ? `${id}@${processId}` : id;
  }

  stop(): void {
    for (const timer of this.timers) clearTimeout(timer);
  }

  /** One look at everything. */
  async look(): Promise<void> {
    await this.report(FOLDER, await dataFolderError(this.options.dataDir));
    if (this.options.hasScheduler) await this.report(SCHEDULER, schedulerError(Date.now()));
    await this.endRoutingFault(Date.now());
  }

  /** A fault of routing is over when none was seen for a while; otherwise the next one would be told to nobody. */
  private async endRoutingFault(now: number): Promise<void> {
    try {
      const open = (await openSubjects("system.error")).find((one) => one.subjectId === ROUTING.id);
      if (!open || now - open.lastAt < WELL_AFTER_MS) return;
      await emit({ type: "system.error", subject: ROUTING, data: {}, status: "resolved" });
    } catch (error) {
      log.error("the end of a routing fault could not be recorded", { error });
    }
  }

  /** Tells only changes. What cannot be recorded is tried again with the next check. */
  private async report(component: Component, trouble: string | null): Promise<void> {
    const isKnown = this.inTrouble.has(component.id);
    if ((trouble !== null) === isKnown) return;
    try {
      await emit({
        type: "system.error",
        subject: { kind: "component", id: this.subjectId(component.id), name: this.nameOf(component) },
        data: trouble ? { error: trouble, host: hostname() } : {},
        status: trouble ? "firing" : "resolved",
      });
      if (trouble) this.inTrouble.add(component.id);
      else this.inTrouble.delete(component.id);
    } catch (error) {
      log.error("a system error could not be recorded", { component: component.id, trouble, error });
    }
  }
}

async function dataFolderError(dataDir: string): Promise<string | null> {
  const probe = path.join(dataDir, `.probe-${process.pid}`);
  try {
    await writeFile(probe, "probe");
    await rm(probe, { force: true });
    const { bavail, bsize } = await statfs(dataDir);
    const free = bavail * bsize;
    return free < MIN_FREE_BYTES ? `The disk of the data folder is full: ${formatBytes(free)} are free.` : null;
  } catch (error) {
    return `The data folder cannot be written: ${messageOf(error)}`;
  }
}

function schedulerError(now: number): string | null {
  const last = runtimeValue("lastTickAt");
  if (!last || now - last < STALL_MS) return null;
  return `The scheduler has not looked for due backups for ${formatDuration(now - last)}.`;
}
