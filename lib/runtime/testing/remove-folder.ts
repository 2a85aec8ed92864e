import { rmSync } from "node:fs";
import { until } from "@/lib/dispatch/pipeline-fixture";

/** Removes a folder that a program which was ended may still write to: what it had started ends after it. */
export async function removeFolder(folder: string): Promise<void> {
  await until(() => {
    try {
      rmSync(folder, { recursive: true, force: true });
      return true;
    } catch {
      return false;
    }
  });
}
