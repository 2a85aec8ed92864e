import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Actor } from "@/lib/auth/access/actor";
import type { JobHooks } from "@/lib/core/hook";
import type { Role } from "@/lib/core/role";
import { setRuntimeValue } from "@/lib/core/runtime";
import { type JobFixture, openJobFixture } from "@/lib/jobs/testing/job-fixture";
import { jobsCreate } from "./create";
import { jobsHooks } from "./hooks";
import { jobsUpdate } from "./update";

const actor = (role: Role): Actor => ({ kind: "api_key", id: `key_${role}`, name: `a ${role}`, role, address: null });
const admin = actor("admin");
const operator = actor("operator");

let world: JobFixture;
beforeEach(async () => {
  world = await openJobFixture();
});
afterEach(async () => {
  setRuntimeValue("hooksFile", null);
  await world.close();
});

function list(...names: string[]): string {
  const file = join(world.folder, "hooks.json");
  writeFileSync(
    file,
    JSON.stringify(Object.fromEntries(names.map((name) => [name, { run: ["/bin/true", "secret"] }]))),
  );
  chmodSync(file, 0o600);
  setRuntimeValue("hooksFile", file);
  return file;
}

const at = (hooks: Partial<JobHooks>): JobHooks => ({
  before: [],
  success: [],
  warning: [],
  failure: [],
  after: [],
  ...hooks,
});

const jobInput = async (hooks: JobHooks | null) => ({
  name: "shop",
  kind: "managed" as const,
  sourceId: await world.source(),
  destinationIds: [await world.destination("disk")],
  hooks,
});

test("the choices are names of the operator's list, or why there are none", async () => {
  expect(await jobsHooks.call(operator, {})).toEqual({
    names: [],
    problem: expect.stringContaining("BELFRY_HOOKS_FILE"),
  });
  const file = list("stop", "start");
  expect(await jobsHooks.call(operator, {})).toEqual({ names: ["stop", "start"], problem: null });
  chmodSync(file, 0o666);
  expect(await jobsHooks.call(operator, {})).toMatchObject({
    names: [],
    problem: expect.stringContaining("Others can write to the list of hooks"),
  });
});

test("administrators choose hooks of the list, by name and moment; operators keep them as they are", async () => {
  list("stop", "start");
  const hooks = at({ before: ["stop"], after: ["start"] });
  const input = await jobInput(hooks);
  await expect(jobsCreate.call(operator, input)).rejects.toMatchObject({ code: "forbidden" });
  const { id } = await jobsCreate.call(admin, input);
  expect(await jobsUpdate.call(operator, { id, hooks, retries: 1 })).toMatchObject({ hooks, retries: 1 });
  await expect(jobsUpdate.call(operator, { id, hooks: null })).rejects.toMatchObject({ code: "forbidden" });
  await expect(jobsUpdate.call(admin, { id, hooks: at({ success: ["/bin/sh"] }) })).rejects.toMatchObject({
    code: "invalid",
  });
  await expect(jobsUpdate.call(admin, { id, hooks: at({ success: ["other"] }) })).rejects.toMatchObject({
    details: { fields: { "hooks.success": "“other” is not on this server's list of hooks." } },
  });
  expect(await jobsUpdate.call(admin, { id, hooks: null })).toMatchObject({ hooks: null });
});

test("a hook that is not listed any more may stay in the job, and be taken out, but not be added", async () => {
  list("stop", "start");
  const { id } = await jobsCreate.call(admin, await jobInput(at({ before: ["stop"] })));
  list("start");
  const kept = at({ before: ["stop"], after: ["start"] });
  expect(await jobsUpdate.call(admin, { id, hooks: kept })).toMatchObject({ hooks: kept });
  await expect(jobsUpdate.call(admin, { id, hooks: at({ after: ["stop"] }) })).rejects.toMatchObject({
    details: { fields: { "hooks.after": expect.stringContaining("not on this server's list") } },
  });
});
