import { z } from "zod";
import { insertRepository, type RepositoryRow } from "@/db/stores/repositories";
import { AppError } from "@/lib/core/errors";
import { newId } from "@/lib/core/id";
import { BORG_ENCRYPTIONS, REPOSITORY_KINDS } from "@/lib/core/repository";
import type { OpenRepository } from "@/lib/jobs/repositories/contract";
import { repositoryProgram } from "@/lib/jobs/repositories/registry";
import { splitSecrets } from "@/lib/secrets/config";
import { thresholdField } from "@/lib/services/endpoints/threshold";
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
} from "./fields";
import { mountsOf, requireHostKey, requireLocation, storedLocation } from "./settle-settings";
import { assertNothingTaken } from "./taken";
import { type RepositoryView, repositoryView } from "./view";

const input = z.object({
  name: nameField,
  kind: z.enum(REPOSITORY_KINDS, "Choose borg or restic."),
  location: locationField,
  /** Null: it is not encrypted, which only borg can. */
  passphrase: passphraseField.nullable(),
  /** Makes an empty repository; otherwise the one that is there is adopted. */
  create: z.boolean().default(false),
  /** How borg encrypts one that is made. */
  encryption: z.enum(BORG_ENCRYPTIONS).optional(),
  /** By which Belfry signs in to its server; without a passphrase of its own. */
  privateKey: privateKeyField.nullable().default(null),
  hostKey: hostKeyField.nullable().default(null),
  retention: retentionField.default(null),
  compactsAfterPrune: z.boolean().default(true),
  schedules: schedulesField.prefault({}),
  threshold: thresholdField
    .nullable()
    .default(null)
    .meta({ description: "When its disk counts as low; null: from 90 % on" }),
});

/** Makes a repository, or adopts one that its passphrase opens. Nothing is stored of one that was not opened. */
export const repositoriesCreate = defineVerb({
  name: "repositories.create",
  permission: "admin",
  changes: true,
  input,
  async run({ now, audit }, given): Promise<RepositoryView> {
    const { name, kind, passphrase, privateKey, retention, compactsAfterPrune } = given;
    assertEncryption(given);
    assertSchedules(given.schedules, given.retention);
    const location = await requireLocation(kind, given.location);
    const id = newId("repo");
    await assertNothingTaken({ id, name, location: storedLocation(kind, location) });
    const opened: OpenRepository = {
      id,
      name,
      kind,
      location,
      encryption: "",
      passphrase,
      privateKey: privateKey || null,
      hostKey: given.hostKey || null,
      mounts: null,
      mayBeMoved: true,
    };
    await requireHostKey(opened);
    const program = repositoryProgram(kind);
    const encryption = await askRepository(opened, (io) =>
      given.create ? program.create(opened, given.encryption ?? null, io) : program.open(opened, io),
    );
    const { sealed } = splitSecrets({ passphrase, privateKey }, ["passphrase", "privateKey"]);
    const row: RepositoryRow = {
      id,
      name,
      kind,
      location: storedLocation(kind, location),
      encryption,
      secrets: sealed,
      hostKey: opened.hostKey,
      mounts: await mountsOf(location),
      ...scheduleColumns(given.schedules),
      retention,
      compactsAfterPrune,
      threshold: given.threshold,
      createdAt: now,
      updatedAt: now,
    };
    const detail = { kind, location: row.location, isNew: given.create };
    await insertRepository(row, audit("repository", id, name, detail));
    return await repositoryView({ repository: row, state: null });
  },
});

/** @throws AppError `invalid` where passphrase and encryption do not fit each other */
function assertEncryption({ kind, passphrase, create, encryption }: z.output<typeof input>): void {
  const fields: Record<string, string> = {};
  const wantsNone = encryption === "none";
  if (kind === "restic" && encryption) fields.encryption = "restic has one way to encrypt: leave this out.";
  else if (encryption && !create) fields.encryption = "A repository that exists keeps its encryption: leave this out.";
  if (passphrase === null && (kind === "restic" || (create && !wantsNone)))
    fields.passphrase = "Enter a passphrase: without it nothing is encrypted.";
  if (passphrase !== null && wantsNone) fields.passphrase = "Without encryption there is no passphrase: leave it out.";
  if (Object.keys(fields).length > 0) throw new AppError("invalid", "Some fields are invalid.", { fields });
}
