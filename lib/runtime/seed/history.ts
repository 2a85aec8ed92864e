import { min } from "drizzle-orm";
import { database } from "@/db/client";
import { stateValue } from "@/db/queries/dispatch";
import { type RunRow, startableRuns } from "@/db/queries/runs";
import { recordArtifacts, recordProof } from "@/db/stores/artifacts";
import { newArtifact } from "@/db/stores/new-artifact";
import { artifactPath } from "@/lib/jobs/artifact-path";
import { CONFIG_KIND, CONFIG_NAME } from "@/lib/jobs/config/backup";
import { CONFIG_BACKUP_STATE, takeDueConfigBackup } from "@/lib/schedule/config-backup";
import { takeDueSlots } from "@/lib/schedule/slots";
import { channelsUpdate } from "@/lib/services/channels/update";
import { notifySend } from "@/lib/services/notify/send";
import type { DeliverySimulator } from "./delivery-simulator";
import type { FakeNetwork } from "./fake-network";
import { INCIDENTS, type Incident } from "./incidents";
import { JOBS } from "./inventory";
import type { PastClock } from "./past-clock";
import type { SeededRandom } from "./random";
import type { PastRuns } from "./runs";
import { type DemoInstallation, idOf } from "./set-up";
import { DAY_MS, type StoryEvent } from "./story";

interface SeedContext {
  clock: PastClock;
  random: SeededRandom;
  demo: DemoInstallation;
  runs: PastRuns;
  simulator: DeliverySimulator;
  network: FakeNetwork;
}

/**
 * Replays the days: slots come due, people act, and after each moment pending deliveries are sent.
 * @param end the moment that is now
 */
export async function replayHistory(end: number, context: SeedContext, story: StoryEvent[]): Promise<void> {
  const begin = context.clock.now;
  const used = new Set<Incident>();
  for (;;) {
    const slot = await nextSlot();
    const [first] = story;
    const isStory = first !== undefined && first.at <= slot;
    const at = isStory ? first.at : slot;
    if (at > end) break;
    context.clock.moveTo(at);
    if (isStory) await story.shift()?.run();
    await takeDueSlots(context.clock.now);
    await takeDueConfigBackup(context.clock.now);
    for (const run of await startableRuns(context.clock.now, 50)) {
      const daysAgo = Math.floor((end - context.clock.now) / DAY_MS);
      const incident = INCIDENTS.find((one) => one.job === run.name && one.daysAgo === daysAgo && !used.has(one));
      if (incident) used.add(incident);
      if (incident?.outage) fail(incident.outage, context, story);
      await replayRun(run, context, (context.clock.now - begin) / DAY_MS, incident);
    }
    await context.simulator.deliver();
  }
  context.clock.moveTo(end);
}

/** The next moment at which something is due. */
async function nextSlot(): Promise<number> {
  const { orm, t } = database();
  const [jobs] = await orm.select({ at: min(t.jobs.nextRunAt) }).from(t.jobs);
  const configuration = await stateValue<{ nextRunAt: number }>(CONFIG_BACKUP_STATE);
  return Math.min(jobs?.at ?? Number.POSITIVE_INFINITY, configuration?.nextRunAt ?? Number.POSITIVE_INFINITY);
}

/** A person corrects a hook that is gone within the hour. */
function fail(
  outage: NonNullable<Incident["outage"]>,
  { clock, network, demo }: SeedContext,
  story: StoryEvent[],
): void {
  network.fail(outage);
  if (outage.service !== "hook") return;
  const name = "On-call webhook";
  const id = idOf(demo.channelIds, name);
  story.unshift({
    at: clock.now + 50 * 60_000,
    run: async () => {
      await channelsUpdate.call(demo.ana, { id, config: { url: "https://oncall.example/hooks/belfry" } });
      clock.pass(40_000);
      const title = "On-call rota imported";
      const message = "Six people, two weeks.";
      await notifySend.call(demo.monitoring, { title, message, tone: "success", channels: [name] });
    },
  });
}

async function replayRun(
  run: RunRow,
  context: SeedContext,
  age: number,
  incident: Incident | undefined,
): Promise<void> {
  const job = JOBS.find((one) => one.name === run.name && run.kind === "backup");
  if (job) await context.runs.backUp(run, job, age, incident);
  else if (run.kind === "restore") await restore(run, context);
  else if (run.kind === "restore_test") await testRestore(run, context);
  else await backUpConfiguration(run, context);
}

async function testRestore(run: RunRow, { clock, random, runs }: SeedContext): Promise<void> {
  const { artifactId = "" } = run.params;
  await runs.begin(run);
  clock.pass(random.between(4_000, 8_000));
  await runs.log(run, "Restored into a scratch place: 31 tables, 28 tables with rows");
  await runs.log(run, "Everything came back: verified");
  await recordProof(artifactId, clock.now, null);
  await runs.settle(run, { status: "success", bytes: 97_000_000, files: null, error: null, advice: null });
}

/** The restore of a folder fails: the disk is full. */
async function restore(run: RunRow, { clock, random, runs }: SeedContext): Promise<void> {
  await runs.begin(run);
  await runs.log(run, `Restoring to ${run.name}`);
  clock.pass(random.between(9_000, 26_000));
  const nothing = { bytes: null, files: null };
  if (run.name.endsWith(".db")) {
    await runs.settle(run, { status: "success", bytes: 97_000_000, files: 1, error: null, advice: null });
    return;
  }
  const error = "Only a part could be restored: tar: projects/film/cut-3.mov: Cannot write: No space left on device";
  await runs.log(run, error);
  await runs.settle(run, {
    status: "failure",
    ...nothing,
    error,
    advice: "Free some space there, or restore to another path.",
  });
}

async function backUpConfiguration(run: RunRow, { clock, random, demo, runs }: SeedContext): Promise<void> {
  await runs.begin(run);
  clock.pass(random.between(300, 700));
  const bytes = random.whole(20_900, 21_800);
  const destinationId = idOf(demo.destinationIds, "backup disk");
  await recordArtifacts([
    newArtifact({
      runId: run.id,
      jobId: null,
      jobName: CONFIG_NAME,
      destinationId,
      destinationName: "backup disk",
      sourceKind: CONFIG_KIND,
      compression: "none",
      path: artifactPath("belfry-configuration", "belfry", "none", clock.now),
      bytes,
      sha256: random.hex(32),
      createdAt: clock.now,
    }),
  ]);
  await runs.settle(run, { status: "success", bytes, files: 1, error: null, advice: null });
}
