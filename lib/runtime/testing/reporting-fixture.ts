import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { database } from "@/db/client";
import { runProgramIn } from "@/e2e/support/run-in-folder";
import { systemActor } from "@/lib/auth/access/actor";
import { receiverUrls } from "@/lib/core/receiver-urls";
import { SignalCounting } from "@/lib/jobs/reported-runs/signal-counting";
import { jobsCreate } from "@/lib/services/jobs/create";
import type { ExternalJobView } from "@/lib/services/jobs/view";
import { runsList } from "@/lib/services/runs/list";
import { runsLog } from "@/lib/services/runs/log";
import { openClientFixture } from "./clients-fixture";

/** A server that takes reports, counts them into runs, and a folder for the programs that send them. */
export async function openReportingFixture() {
  const fixture = await openClientFixture();
  const counting = new SignalCounting({ leads: () => true });
  await counting.start();
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-reports-"));
  const leap = (ms: number) => {
    fixture.clock.now += ms;
    fixture.clock.passed += ms;
  };
  const signals = async () => {
    const { orm, t } = database();
    const { jobId, receiver, state, foldedAt } = t.signals;
    return await orm.select({ jobId, receiver, state, foldedAt }).from(t.signals);
  };
  return {
    url: fixture.url,
    folder,
    leap,
    /** By the clock of the test, milliseconds. */
    now: () => fixture.clock.now,
    signals,
    addJob: async (name = "nas", more: object = {}) =>
      (await jobsCreate.call(systemActor, { kind: "external", name, notifications: [], ...more })) as ExternalJobView,
    urlsOf: ({ token, uuid }: ExternalJobView) => receiverUrls(fixture.url, { token: token ?? "", uuid: uuid ?? "" }),
    run: (file: string, args: readonly string[], input = "") => runProgramIn(folder, file, args, input),
    /** Everything that has arrived is counted. */
    async settled(): Promise<void> {
      for (;;) {
        leap(1_500);
        await counting.tick();
        if ((await signals()).every(({ foldedAt }) => foldedAt !== null)) return;
      }
    },
    runsOf: async (jobId: string) => (await runsList.call(systemActor, { jobId })).items,
    logOf: async (id: string | undefined) => (await runsLog.call(systemActor, { id })).text,
    receivers: async () => (await signals()).map(({ receiver, state }) => `${receiver} ${state}`).sort(),
    async close(): Promise<void> {
      await counting.stop();
      await fixture.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
