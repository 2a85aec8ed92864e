import { hostname } from "node:os";
import { currentInstallation } from "@/db/queries/installation";
import { systemError } from "@/lib/events/system-error";
import { defineMonitor } from "./define-monitor";

/** The installation does not pause as a copy: a server that was moved would make no backups, and nobody would notice. */
export const pausedInstallation = defineMonitor({
  name: "installation monitor",
  everyMs: 60_000,
  topics: ["settings"],
  eventType: systemError.type,
  async check() {
    // One for all processes: they share the database that was copied.
    const subject = { kind: "component", id: "installation", name: "Schedules" } as const;
    const { home, pause } = await currentInstallation();
    if (!pause) return [{ subject, problem: null }];
    const original = pause.originalPlace ?? "another installation";
    const what =
      pause.reason === "copied"
        ? `The database at ${home.place} is a copy of ${original}.`
        : `The installation at ${home.place} has the restored configuration of ${original}.`;
    const error = `${what} Nothing scheduled runs here, and no old backup is removed, until an administrator decides.`;
    const advice = "Open the console: take over, or stay apart.";
    return [{ subject, problem: { error, advice, host: hostname() } }];
  },
});
