import { spawnSync } from "node:child_process";

/** Whether tests may act as another user, and make what only root can. */
export const IS_ROOT = process.getuid?.() === 0;

/** Whether tests may mount file systems: not in most containers. */
export const CAN_MOUNT = IS_ROOT && spawnSync("unshare", ["--mount", "true"]).status === 0;

/** The user and the group `nobody`. */
export const NOBODY = 65_534;

/** Does something as an ordinary user, this process and every tool that it starts. Needs root. */
export async function asOrdinaryUser<T>(work: () => Promise<T>): Promise<T> {
  process.setgroups?.([NOBODY]);
  process.setegid?.(NOBODY);
  process.seteuid?.(NOBODY);
  try {
    return await work();
  } finally {
    process.seteuid?.(0);
    process.setegid?.(0);
    process.setgroups?.([0]);
  }
}
