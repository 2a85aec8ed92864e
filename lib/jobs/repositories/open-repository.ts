import type { RepositoryRow } from "@/db/queries/repositories";
import { joinSecrets } from "@/lib/secrets/config";
import { startError, toRunError } from "../run-error";
import type { OpenRepository } from "./contract";
import { readLocation } from "./location";

/** @throws RunError of kind `cannot_start` when its secrets cannot be opened */
export function openRepository(row: RepositoryRow): OpenRepository {
  const location = readLocation(row.kind, row.location);
  if (typeof location === "string") throw startError(`The repository ${row.name} cannot be used: ${location}`);
  const { id, name, kind, encryption, hostKey, mounts } = row;
  return { id, name, kind, encryption, hostKey, mounts, location, ...openSecrets(row) };
}

function openSecrets({ name, secrets }: RepositoryRow): Pick<OpenRepository, "passphrase" | "privateKey"> {
  try {
    const { passphrase, privateKey } = joinSecrets({}, secrets);
    return { passphrase: textOrNull(passphrase), privateKey: textOrNull(privateKey) };
  } catch (error) {
    throw startError(`The repository ${name} cannot be used: ${toRunError(error).message}`, null, error);
  }
}

const textOrNull = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);

/** What no log may show. */
export function secretsOf({ passphrase, privateKey }: OpenRepository): string[] {
  return [passphrase, privateKey].filter((secret) => secret !== null);
}
