import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import { formatBytes } from "@/lib/core/format-units";

/** Free bytes where a path is, or would be made. @param path absolute */
export async function freeBytesNear(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path);
    return bavail * bsize;
  } catch (error) {
    const parent = dirname(path);
    if ((error as NodeJS.ErrnoException).code !== "ENOENT" || parent === path) throw error;
    return freeBytesNear(parent);
  }
}

/** That a backup does not fit where it would be restored to, in a sentence; null where it does. */
export function lackOfSpace({ needed, free }: { needed: number; free: number }): string | null {
  return needed > free ? `It needs about ${formatBytes(needed)}, and ${formatBytes(free)} are free there.` : null;
}
