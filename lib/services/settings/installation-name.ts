import { DEFAULT_NAME, installationInMemory, readInstallation } from "@/lib/dispatch/send/installation";

/** What this installation is called, for page titles; also while the database cannot be reached. Never throws. */
export async function installationName(): Promise<string> {
  try {
    return (await readInstallation()).name;
  } catch {
    return installationInMemory().name || DEFAULT_NAME;
  }
}
