import type { JobIo } from "../contract";
import type { OpenRepository } from "./contract";

/** What a repository on this machine takes on its disk; null for one on a server, and where it cannot be measured. */
export async function repositoryBytes({ location }: OpenRepository, io: JobIo): Promise<number | null> {
  if (location.type !== "local") return null;
  const { code, stdout } = await io.tools.run("du", ["--summarize", "--bytes", "--", location.path]);
  const bytes = Number.parseInt(stdout, 10);
  return code === 0 && Number.isFinite(bytes) ? bytes : null;
}
