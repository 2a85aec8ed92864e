import { hostname } from "node:os";
import { systemCode } from "../run-error";
import type { LockHolder } from "./contract";

/** Whether a lock is held by a process that runs on this machine. */
export function isOwnProcess({ host, pid }: LockHolder): boolean {
  const own = hostname();
  if (host !== own && !host.startsWith(`${own}.`)) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // It may be another user's.
    return systemCode(error) === "EPERM";
  }
}
