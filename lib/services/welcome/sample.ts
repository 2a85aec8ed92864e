import { join, resolve } from "node:path";
import { z } from "zod";
import { ownDatabaseFile } from "@/db/queries/own-file";
import { runtimeValue } from "@/lib/core/runtime";
import { allDestinations, allSources } from "@/lib/jobs/registry";
import { defineVerb } from "@/lib/services/verb";

/** A source or destination that can be created without any credentials. */
interface SampleEndpoint {
  kind: string;
  config: Record<string, unknown>;
}

/**
 * Returns what a newcomer can back up without any credentials: Belfry's own database, to a folder beside it. The
 * source is null where Belfry keeps its data on a PostgreSQL server.
 */
export const welcomeSample = defineVerb({
  name: "welcome.sample",
  permission: "admin",
  changes: false,
  input: z.object({}),
  async run(): Promise<{ source: SampleEndpoint | null; destination: SampleEndpoint | null }> {
    const file = ownDatabaseFile();
    const folder = join(resolve(runtimeValue("dataDir")), "backups");
    return {
      source: file === null ? null : firstSample(allSources(), (kind) => kind.configForFile?.(resolve(file))),
      destination: firstSample(allDestinations(), (kind) => kind.configForFolder?.(folder)),
    };
  },
});

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
