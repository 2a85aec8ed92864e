import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { listArtifacts } from "@/db/queries/artifacts";
import { type SshServer, startSshServer } from "@/e2e/support/ssh-server";
import { systemActor } from "@/lib/auth/access/actor";
import type { AppError } from "@/lib/core/errors";
import type { RepositoryKind } from "@/lib/core/repository";
import { setRuntimeValue } from "@/lib/core/runtime";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { artifactsRestore } from "@/lib/services/artifacts/restore";
import { jobsCreate } from "@/lib/services/jobs/create";
import { jobsRun } from "@/lib/services/jobs/run";
import { repositoriesArchives } from "./archives";
import { repositoriesCreate } from "./create";
import { repositoriesDownload } from "./download";
import { repositoriesCheck } from "./tasks";

let server: SshServer;
let fixture: JobFixture;
let folder: string;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(() => server.stop());
beforeEach(async () => {
  fixture = await openJobFixture();
  setRuntimeValue("dataDir", fixture.dataDir);
  folder = mkdtempSync(join(tmpdir(), "belfry-over-ssh-"));
  mkdirSync(join(folder, "files"));
  writeFileSync(join(folder, "files", "notes.txt"), "over ssh");
});
afterEach(async () => {
  await fixture.close();
  rmSync(folder, { recursive: true, force: true });
});

function inputOf(kind: RepositoryKind, more: object = {}) {
  const { user, port, privateKey } = server;
  const location = `${kind === "borg" ? "ssh" : "sftp"}://${user}@127.0.0.1:${port}${server.folder}/${kind}-${Date.now()}`;
  return { name: "offsite", kind, location, passphrase: "a passphrase", create: true, privateKey, ...more };
}

test.each(["borg", "restic"] as const)(
  "%s over SSH: the shown host key is proposed and pinned, and a job backs up, checks and restores",
  async (kind) => {
    const input = inputOf(kind);
    const refused = await repositoriesCreate.call(systemActor, input).catch((error: AppError) => error);
    const hostKey = (refused as AppError).details.proposal?.hostKey;
    expect(hostKey).toMatch(/^(ssh-|ecdsa-)/);
    const { id: repositoryId } = await repositoriesCreate.call(systemActor, { ...input, hostKey });
    const sourceId = await fixture.source("directory", { path: join(folder, "files") });
    const { id } = await jobsCreate.call(systemActor, { name: "Shop", sourceId, repositoryId });
    await fixture.runner().start();
    const over = async (started: Promise<{ runId: string }>) => await fixture.over((await started).runId);
    expect(await over(jobsRun.call(systemActor, { id }))).toMatchObject({ status: "success", error: null });
    expect(await over(repositoriesCheck.call(systemActor, { id: repositoryId }))).toMatchObject({ status: "success" });
    const { items } = await repositoriesArchives.call(systemActor, { id: repositoryId });
    const archive = items[0]?.name ?? "";
    const file = await repositoriesDownload.call(systemActor, { id: repositoryId, archive, path: "notes.txt" });
    expect((await buffer(file.stream)).toString()).toBe("over ssh");
    const [artifact] = await listArtifacts({ limit: 1 });
    const target = join(fixture.dataDir, "restores", "shop");
    const restored = artifactsRestore.call(systemActor, { id: artifact?.id ?? "", target: { path: target } });
    expect((await over(restored)).status).toBe("success");
    expect(readFileSync(join(target, "notes.txt"), "utf8")).toBe("over ssh");
  },
);
