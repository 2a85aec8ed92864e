import { writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { loggerOf } from "@/lib/core/logger";
import { runtimeValue } from "@/lib/core/runtime";
import { makeFolder } from "@/lib/jobs/make-folder";
import { allDestinations, allSources } from "@/lib/jobs/registry";
import { defineVerb } from "@/lib/services/verb";

const log = loggerOf("welcome");

/** A source or destination that can be created without any credentials. */
interface SampleEndpoint {
  kind: string;
  config: Record<string, unknown>;
}

/** Nothing in it is anybody's: who may see backups may see it. */
const FILES: Record<string, string> = {
  "read me.txt": "Sample files of Belfry, made for a first backup. Nothing needs them.\n",
  "poems/autumn.txt": "The bells ring over the fields\nand nobody has to look up.\n",
};

/**
 * Returns what a newcomer can back up without any credentials: a few sample files, made here, to a folder beside them. The
 * source is null where they cannot be made.
 */
export const welcomeSample = defineVerb({
  name: "welcome.sample",
  permission: "admin",
  changes: false,
  input: z.object({}),
  async run(): Promise<{ source: SampleEndpoint | null; destination: SampleEndpoint | null }> {
    const data = resolve(runtimeValue("dataDir"));
    const files = join(data, "demo", "welcome");
    const isMade = await makeFiles(files).catch((error: unknown) => {
      log.warn("could not make the sample files", { folder: files, error });
      return false;
    });
    return {
      source: isMade ? firstSample(allSources(), (kind) => kind.configForFolder?.(files)) : null,
      destination: firstSample(allDestinations(), (kind) => kind.configForFolder?.(join(data, "backups"))),
    };
  },
});

/** Makes the files that are not there. */
async function makeFiles(folder: string): Promise<boolean> {
  await makeFolder(join(folder, "poems"));
  for (const [name, text] of Object.entries(FILES)) {
    await writeFile(join(folder, name), text, { mode: 0o600, flag: "wx" }).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== "EEXIST") throw error;
    });
  }
  return true;
}

function firstSample<K extends { id: string }>(
  kinds: readonly K[],
  configOf: (kind: K) => Record<string, unknown> | undefined,
): SampleEndpoint | null {
  for (const kind of kinds) {
    const config = configOf(kind);
    if (config) return { kind: kind.id, config };
  }
  return null;
}
