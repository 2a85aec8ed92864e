import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { findEndpoint } from "@/db/queries/endpoints";
import { systemActor } from "@/lib/auth/access/actor";
import { deeperMounts, readMounts } from "@/lib/jobs/mounts";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { destinationsCreate, destinationsTest, destinationsUpdate } from "@/lib/services/destinations/verbs";
import { sourcesCreate, sourcesTest } from "@/lib/services/sources/verbs";

/** Only a machine that lets this process mount can show it. */
const mayMount = spawnSync("unshare", ["--mount", "mount", "-t", "tmpfs", "none", "/mnt"]).status === 0;
const actor = systemActor;

let fixture: JobFixture;
const mounted: string[] = [];
beforeEach(async () => {
  fixture = await openJobFixture();
});
afterEach(async () => {
  for (const path of mounted.splice(0)) spawnSync("umount", ["--lazy", path]);
  await fixture.close();
});

function mount(name: string): string {
  const path = join(fixture.folder, name);
  mkdirSync(path, { recursive: true });
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=8m", "none", path]);
  mounted.push(path);
  return path;
}

const unmount = (path: string) => execFileSync("umount", [path]);

describe.runIf(mayMount)("fault A2, pain 18: a mount that is gone", () => {
  test("is a run that cannot start, at the source and at the destination, and nothing is stored beneath", async () => {
    const [files, usb] = [mount("files of 'a b'"), mount("usb")];
    writeFileSync(join(files, "letter"), "kept ".repeat(500));
    mkdirSync(join(usb, "backups"));
    const source = await sourcesCreate.call(actor, { name: "files", kind: "directory", config: { path: files } });
    const destination = await destinationsCreate.call(actor, {
      name: "usb disk",
      kind: "local",
      config: { path: join(usb, "backups") },
    });
    expect([source.mountPoints, destination.mountPoints]).toEqual([[files], [usb]]);
    const job = await fixture.job({ sourceId: source.id, destinationIds: [destination.id] });
    await fixture.runner().start();
    const backUp = async () => await fixture.over(await fixture.queue(job));
    expect(await backUp()).toMatchObject({ status: "success" });

    unmount(files);
    writeFileSync(join(files, "beneath"), "another file on the disk beneath".repeat(99));
    expect(await backUp()).toMatchObject({ status: "failure", error: expect.stringContaining("files is not mounted") });
    await expect(sourcesTest.call(actor, { id: source.id })).rejects.toThrow(/is not mounted/);
    execFileSync("mount", ["-t", "tmpfs", "none", files]);
    writeFileSync(join(files, "letter"), "kept ".repeat(500));

    unmount(usb);
    mkdirSync(join(usb, "backups"));
    expect(await backUp()).toMatchObject({
      status: "failure",
      error: expect.stringContaining("The destination usb disk is not mounted"),
    });
    await expect(destinationsTest.call(actor, { id: destination.id })).rejects.toThrow(/is not mounted/);
    expect(readdirSync(join(usb, "backups"))).toEqual([]);
    expect((await fixture.events()).map(({ type }) => type).filter((type) => type === "backup.failed")).toHaveLength(2);

    // A person who saves it again says that it is right as it is.
    await destinationsUpdate.call(actor, { id: destination.id, config: { path: join(usb, "backups") } });
    expect(await backUp()).toMatchObject({ status: "success" });
  });

  test("is noticed too when it was mounted only after the set-up", async () => {
    const usb = join(fixture.folder, "late");
    mkdirSync(usb);
    const { id } = await destinationsCreate.call(actor, { name: "late", kind: "local", config: { path: usb } });
    const job = await fixture.job({ sourceId: await fixture.source(), destinationIds: [id] });
    await fixture.runner().start();
    mount("late");
    expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "success" });
    expect((await findEndpoint("destinations", id))?.mounts).toEqual({ [usb]: usb });
    unmount(usb);
    expect(await fixture.over(await fixture.queue(job))).toMatchObject({ status: "failure" });
  });
});

test("a path that does not exist has no mount, and the deepest mount counts", async () => {
  const signal = AbortSignal.timeout(10_000);
  expect(await readMounts(["/no/such/path"], signal)).toEqual({});
  expect(await readMounts(["/proc/self"], signal)).toEqual({ "/proc/self": "/proc" });
});

test("only a deeper mount replaces the one that is remembered", () => {
  expect(deeperMounts({ "/a/b": "/a" }, { "/a/b": "/" })).toBeNull();
  expect(deeperMounts({ "/a/b": "/a" }, { "/a/b": "/a" })).toBeNull();
  expect(deeperMounts({ "/a/b": "/" }, { "/a/b": "/a" })).toEqual({ "/a/b": "/a" });
  expect(deeperMounts(null, { "/a/b": "/" })).toEqual({ "/a/b": "/" });
});
