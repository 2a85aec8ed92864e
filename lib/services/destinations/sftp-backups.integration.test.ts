import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { listArtifacts } from "@/db/queries/artifacts";
import { findEndpoint } from "@/db/queries/endpoints";
import { type SshServer, startSshServer } from "@/e2e/support/ssh-server";
import type { Actor } from "@/lib/auth/access/actor";
import { type AppError, isAppError } from "@/lib/core/errors";
import { setRuntimeValue } from "@/lib/core/runtime";
import { hostKeyText, readPinnedKeys } from "@/lib/jobs/destinations/sftp-host-key";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { artifactsRestore } from "@/lib/services/artifacts/restore";
import { destinationsCreate, destinationsGet, destinationsTestDraft, destinationsUpdate } from "./verbs";

const admin: Actor = { kind: "command", id: null, name: "the command", role: "admin", address: null };

let server: SshServer;
beforeAll(async () => {
  server = await startSshServer();
});
afterAll(() => server.stop());

let fixture: JobFixture;
let count = 0;
beforeEach(async () => {
  fixture = await openJobFixture();
  setRuntimeValue("dataDir", fixture.dataDir);
});
afterEach(() => fixture.close());

function settings() {
  const { port, user, privateKey, hostKey } = server;
  count++;
  return { host: "127.0.0.1", port, user, privateKey, hostKey, path: join(server.folder, `place-${count}`) };
}

async function jobTo(config: ReturnType<typeof settings>, keepLast = 5) {
  const { id } = await destinationsCreate.call(admin, { name: "nas", kind: "sftp", createFolder: true, config });
  return await fixture.job({ sourceId: await fixture.source(), destinationIds: [id], keepLast });
}

const run = async (job: Awaited<ReturnType<typeof jobTo>>) => fixture.over(await fixture.queue(job));

test("a job stores by SFTP, reads back, removes old backups, and restores", async () => {
  const config = settings();
  const job = await jobTo(config, 1);
  await fixture.runner().start();
  expect(await run(job)).toMatchObject({ status: "success", error: null });
  const [first] = readdirSync(join(config.path, job.slug));
  expect(await run(job)).toMatchObject({ status: "success" });
  const kept = readdirSync(join(config.path, job.slug));
  expect(kept).toHaveLength(1);
  expect(kept).not.toContain(first);
  const [artifact] = await listArtifacts({ limit: 1 });
  const path = join(fixture.folder, "restored.db");
  const { runId } = await artifactsRestore.call(admin, { id: artifact?.id ?? "", target: { path } });
  expect(await fixture.over(runId)).toMatchObject({ status: "success" });
  expect(readFileSync(path).subarray(0, 15).toString()).toBe("SQLite format 3");
});

test("rule 8: a server that is gone fails the run and is reported, with advice; when it is back, so is the backup", async () => {
  const config = settings();
  const job = await jobTo(config);
  await fixture.runner().start();
  await server.shutDown();
  expect(await run(job)).toMatchObject({
    status: "failure",
    error: expect.stringContaining("refuses the connection"),
    advice: expect.stringContaining("SSH server running"),
  });
  await server.startAgain();
  expect(await run(job)).toMatchObject({ status: "success" });
  expect((await fixture.events()).map(({ type }) => type)).toEqual([
    "backup.started",
    "backup.failed",
    "backup.started",
    "backup.completed",
  ]);
});

test("a run to a server with another host key fails before anything is sent there", async () => {
  const job = await jobTo(settings());
  await fixture.runner().start();
  await server.shutDown();
  await server.startAgain({ newHostKey: true });
  expect(await run(job)).toMatchObject({ status: "failure", error: expect.stringContaining("another key") });
});

test("the first contact asks: test and save answer with the key beside its field, and save nothing", async () => {
  const { hostKey, ...config } = settings();
  const [fingerprint = ""] = readPinnedKeys(hostKey)?.fingerprints ?? [];
  const value = hostKeyText({ type: "ssh-ed25519", fingerprint });
  const refusal = async (work: Promise<unknown>): Promise<AppError> => {
    const error = await work.then(
      () => null,
      (thrown: unknown) => thrown,
    );
    if (isAppError(error)) return error;
    throw new Error("It was not refused.");
  };
  const tested = await refusal(destinationsTestDraft.call(admin, { kind: "sftp", config }));
  expect(tested).toMatchObject({ code: "unavailable", details: { proposal: { "config.hostKey": value } } });
  const saved = await refusal(destinationsCreate.call(admin, { name: "nas", kind: "sftp", config }));
  expect(saved).toMatchObject({
    code: "invalid",
    details: {
      fields: { "config.hostKey": expect.stringContaining("Nobody has accepted it yet") },
      proposal: { "config.hostKey": value },
    },
  });
  const { id } = await destinationsCreate.call(admin, {
    name: "nas",
    kind: "sftp",
    createFolder: true,
    config: { ...config, hostKey: value },
  });
  expect(readdirSync(config.path)).toEqual([]);
  const view = await destinationsGet.call(admin, { id });
  expect(view).toMatchObject({
    summary: expect.stringContaining(config.path),
    config: { privateKey: { stored: true } },
  });
  const row = await findEndpoint("destinations", id);
  expect(JSON.stringify(row)).not.toContain(config.privateKey.split("\n")[1]);
});

test("a password goes to nobody else than the server it was entered for: another host key asks for it again", async () => {
  const config = { ...settings(), password: "secret-for-one" };
  const { id } = await destinationsCreate.call(admin, { name: "nas", kind: "sftp", createFolder: true, config });
  const hostKey = "ssh-ed25519 SHA256:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU";
  await expect(destinationsUpdate.call(admin, { id, config: { hostKey } })).rejects.toMatchObject({
    details: { fields: { "config.password": expect.stringContaining("Enter this again") } },
  });
});
