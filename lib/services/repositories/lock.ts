import { z } from "zod";
import { isRepositoryBusy } from "@/db/queries/repositories";
import { writeAudit } from "@/db/stores/audit";
import { transact } from "@/db/transact";
import { AppError } from "@/lib/core/errors";
import { openRepository } from "@/lib/jobs/repositories/open-repository";
import { isOwnProcess } from "@/lib/jobs/repositories/own-process";
import { repositoryProgram } from "@/lib/jobs/repositories/registry";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { askRepository } from "./ask";
import { requireRepository } from "./find";

export const lockSchema = z.object({
  /** Who holds its locks: `process 4711 on nas`. Empty: nobody, as far as that can be seen. */
  holders: z.array(z.string()),
});

/** Who holds the locks of a repository. Of a borg repository on a server that cannot be seen. */
export const repositoriesLock = defineVerb({
  name: "repositories.lock",
  permission: "operator",
  changes: false,
  input: z.object({ id: idField }),
  async run(_, { id }): Promise<z.infer<typeof lockSchema>> {
    const opened = openRepository((await requireRepository(id)).repository);
    const holders = await askRepository(opened, (io) => repositoryProgram(opened.kind).lockHolders(opened, io));
    return { holders: holders.map(({ name }) => name) };
  },
});

/**
 * Takes the locks of a repository away from the one that the caller names. What still works on it would damage it: never
 * while a run of Belfry works on it, or the process that holds it lives on this machine.
 */
export const repositoriesBreakLock = defineVerb({
  name: "repositories.breakLock",
  permission: "admin",
  changes: true,
  input: z.object({
    id: idField,
    /** As `lock` names it. */
    holder: z.string().trim().min(1, "Name who holds the lock.").max(300, "At most 300 characters."),
  }),
  async run({ audit }, { id, holder }): Promise<{ id: string }> {
    const { repository } = await requireRepository(id);
    const { name } = repository;
    const opened = openRepository(repository);
    const program = repositoryProgram(opened.kind);
    if (await isRepositoryBusy(id))
      throw new AppError("conflict", `A run of Belfry works on ${name}: cancel it, or wait until it has ended.`);
    const holders = await askRepository(opened, (io) => program.lockHolders(opened, io));
    if (!holders.some((one) => one.name === holder))
      throw new AppError("conflict", `${holder} does not hold a lock of ${name}.`);
    const living = holders.find(isOwnProcess);
    if (living) throw new AppError("conflict", `${living.name} is this machine's, and runs: end it first.`);
    const row = audit("repository", id, name, { holders: holders.map((one) => one.name) });
    await transact([], (tx) => writeAudit(tx, row));
    await askRepository(opened, (io) => program.breakLock(opened, io));
    return { id };
  },
});
