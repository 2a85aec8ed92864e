import { setRuntimeValue } from "@/lib/core/runtime";
import type { Env } from "@/lib/env";
import type { OwnFile } from "@/lib/jobs/places/own-places";

/**
 * Says what is out of reach of sources, destinations and restores besides the data folder.
 * @param root the folder of the program
 */
export function setPlaceValues({ ownFiles, restoreRoots, borgmaticConfigs }: Env, root: string): void {
  const files: readonly OwnFile[] = ownFiles;
  setRuntimeValue("programFolder", root);
  setRuntimeValue("ownFiles", files);
  setRuntimeValue("restoreRoots", restoreRoots);
  setRuntimeValue("borgmaticConfigs", borgmaticConfigs);
}
