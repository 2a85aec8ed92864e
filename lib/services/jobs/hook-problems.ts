import type { Actor } from "@/lib/auth/access/actor";
import { hasRole } from "@/lib/auth/access/permission";
import { AppError } from "@/lib/core/errors";
import { HOOK_MOMENTS, type JobHooks } from "@/lib/core/hook";
import { readHookList } from "@/lib/jobs/hooks/list";

/**
 * Checks the hooks that a job is to have: they run programs on the server, so only administrators choose them, of the
 * operator's list. One that the job had already may stay, though it is no longer listed.
 * @param wanted left out: they stay @param before what the job has so far
 * @throws AppError `forbidden`, or `invalid` beside the moment
 */
export async function assertHooksAllowed(
  actor: Actor,
  wanted: JobHooks | null | undefined,
  before: JobHooks | null,
): Promise<void> {
  if (wanted === undefined || HOOK_MOMENTS.every((moment) => isEqual(of(wanted, moment), of(before, moment)))) return;
  if (!hasRole(actor, "admin"))
    throw new AppError(
      "forbidden",
      "Only administrators choose the hooks of a job: they start programs on the server.",
    );
  const list = await readHookList();
  const fields: Record<string, string> = {};
  for (const moment of HOOK_MOMENTS) {
    const added = of(wanted, moment).filter((name) => !of(before, moment).includes(name));
    const unknown = added.find((name) => "problem" in list || !list.programs.has(name));
    if (unknown === undefined) continue;
    fields[`hooks.${moment}`] =
      "problem" in list ? list.problem : `“${unknown}” is not on this server's list of hooks.`;
  }
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}

const of = (hooks: JobHooks | null, moment: (typeof HOOK_MOMENTS)[number]) => hooks?.[moment] ?? [];

function isEqual(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((name, index) => name === other[index]);
}
