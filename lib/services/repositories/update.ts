import { z } from "zod";
import type { RepositoryRow, RepositoryWithState } from "@/db/queries/repositories";
import { noSuchRepository, updateRepository } from "@/db/stores/repositories";
import { openRepository } from "@/lib/jobs/repositories/open-repository";
import { repositoryProgram } from "@/lib/jobs/repositories/registry";
import { splitSecrets } from "@/lib/secrets/config";
import { thresholdField } from "@/lib/services/endpoints/threshold";
import { idField } from "@/lib/services/page";
import { nameField } from "@/lib/services/users/fields";
import { defineVerb } from "@/lib/services/verb";
import { askRepository } from "./ask";
import {
  assertSchedules,
  hostKeyField,
  locationField,
  passphraseField,
  privateKeyField,
  retentionField,
  scheduleColumns,
  schedulesField,
  storedSchedules,
} from "./fields";
import { requireRepository } from "./find";
import { mountsOf, requireHostKey, requireLocation, storedLocation } from "./settle-settings";
import { assertNothingTaken } from "./taken";
import { type RepositoryView, repositoryView } from "./view";

const input = z.object({
  id: idField,
  name: nameField.optional(),
  location: locationField.optional(),
  passphrase: passphraseField.optional(),
  privateKey: privateKeyField.nullable().optional(),
  hostKey: hostKeyField.nullable().optional(),
  retention: retentionField.optional(),
  compactsAfterPrune: z.boolean().optional(),
  schedules: schedulesField.optional(),
  threshold: thresholdField
    .nullable()
    .optional()
    .meta({ description: "When its disk counts as low; null: from 90 % on" }),
});
type Input = z.output<typeof input>;

/**
 * Changes only what is named. What opens it, and where it is, is proven before it is stored; saving a location says that
 * a repository which was moved there is the same.
 */
export const repositoriesUpdate = defineVerb({
  name: "repositories.update",
  permission: "admin",
  changes: true,
  input,
  async run({ now, audit }, given): Promise<RepositoryView> {
    const known = await requireRepository(given.id);
    const { repository } = known;
    const retention = given.retention === undefined ? repository.retention : given.retention;
    if (given.schedules !== undefined || given.retention !== undefined)
      assertSchedules(given.schedules ?? storedSchedules(repository), retention);
    const change: Partial<RepositoryRow> = {
      ...plainChanges(given),
      ...(await accessChanges(known, given)),
      updatedAt: now,
    };
    const { passphrase: _, privateKey: __, ...detail } = given;
    const row = await updateRepository(
      given.id,
      change,
      audit("repository", given.id, given.name ?? repository.name, detail),
    );
    if (!row) throw noSuchRepository();
    return await repositoryView({ ...known, repository: row });
  },
});

function plainChanges({ name, retention, compactsAfterPrune, schedules, threshold }: Input): Partial<RepositoryRow> {
  return {
    ...(name !== undefined && { name }),
    ...(retention !== undefined && { retention }),
    ...(threshold !== undefined && { threshold }),
    ...(compactsAfterPrune !== undefined && { compactsAfterPrune }),
    ...(schedules !== undefined && scheduleColumns(schedules)),
  };
}

/** @throws AppError where the repository does not open by what is given */
async function accessChanges({ repository: row }: RepositoryWithState, given: Input): Promise<Partial<RepositoryRow>> {
  const { location, passphrase, privateKey, hostKey } = given;
  if ([location, passphrase, privateKey, hostKey].every((one) => one === undefined)) return {};
  const opened = openRepository(row);
  if (location !== undefined) opened.location = await requireLocation(row.kind, location);
  if (passphrase !== undefined) opened.passphrase = passphrase;
  if (privateKey !== undefined) opened.privateKey = privateKey || null;
  if (hostKey !== undefined) opened.hostKey = hostKey || null;
  opened.mounts = null;
  opened.mayBeMoved = location !== undefined;
  const text = storedLocation(row.kind, opened.location);
  await assertNothingTaken({ id: row.id, location: text });
  await requireHostKey(opened);
  const encryption = await askRepository(opened, (io) => repositoryProgram(row.kind).open(opened, io));
  const secrets = { passphrase: opened.passphrase, privateKey: opened.privateKey };
  return {
    location: text,
    encryption,
    secrets: splitSecrets(secrets, ["passphrase", "privateKey"]).sealed,
    hostKey: opened.hostKey,
    mounts: await mountsOf(opened.location),
  };
}
