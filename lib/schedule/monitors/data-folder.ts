import { rm, statfs, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import path from "node:path";
import { formatBytes } from "@/lib/core/format-units";
import { systemReason } from "@/lib/core/system-fault";
import { systemError } from "@/lib/events/system-error";
import { componentSubject } from "./component";
import { defineMonitor } from "./define-monitor";

/** Below this the disk counts as full: a database needs space to be written at all. */
const MIN_FREE_BYTES = 50_000_000;

/** The data folder can be written, and its disk has space. */
export const dataFolder = defineMonitor({
  name: "data folder monitor",
  everyMs: 15_000,
  eventType: systemError.type,
  async check(_, context) {
    const error = await dataFolderError(context.dataDir);
    const subject = componentSubject({ id: "data-folder", name: "Data folder" }, context);
    return [{ subject, problem: error === null ? null : { error, host: hostname() } }];
  },
});

async function dataFolderError(dataDir: string): Promise<string | null> {
  const probe = path.join(dataDir, `.probe-${process.pid}`);
  try {
    await writeFile(probe, "probe");
    await rm(probe, { force: true });
    const { bavail, bsize } = await statfs(dataDir);
    const free = bavail * bsize;
    return free < MIN_FREE_BYTES ? `The disk of the data folder is full: ${formatBytes(free)} are free.` : null;
  } catch (error) {
    return `The data folder cannot be written: ${systemReason(error)}.`;
  }
}
