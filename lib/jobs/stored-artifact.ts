import { findRepository } from "@/db/queries/repositories";
import type { ArtifactRow } from "@/db/stores/artifacts";
import { bindDestination } from "./bind-destination";
import type { JobIo, StoredBackup } from "./contract";
import { openEndpointById } from "./endpoints";
import type { OpenRepository } from "./repositories/contract";
import { openRepository, secretsOf } from "./repositories/open-repository";
import { repositoryProgram } from "./repositories/registry";
import { startError } from "./run-error";
import { openStoredBackup, peekStoredBackup } from "./stored-backup";

/** Where a backup is stored, and how it is read there. */
interface StoredArtifact {
  name: string;
  secrets: string[];
  /** Read to its end first where it is a file, so that its bytes are those that were stored. @throws RunError */
  open(io: JobIo): Promise<StoredBackup>;
  /** Without reading it first, to look at its beginning. */
  peek(io: JobIo): StoredBackup;
}

/** @throws RunError of kind `cannot_start` when its destination or repository was removed */
export async function storedArtifact(artifact: ArtifactRow): Promise<StoredArtifact> {
  if (artifact.repositoryId !== null) {
    const repository = await repositoryOfArtifact(artifact.repositoryId);
    const read = (io: JobIo) => archiveBackup(repository, artifact.path, io);
    return { name: repository.name, secrets: secretsOf(repository), open: async (io) => read(io), peek: read };
  }
  const endpoint = await openEndpointById(artifact.destinationId);
  return {
    name: endpoint.name,
    secrets: endpoint.secrets,
    open: (io) => openStoredBackup(artifact, bindDestination(endpoint, io), io),
    peek: (io) => peekStoredBackup(artifact, bindDestination(endpoint, io), io),
  };
}

/** @throws RunError of kind `cannot_start` */
export async function repositoryOfArtifact(repositoryId: string): Promise<OpenRepository> {
  const found = await findRepository(repositoryId);
  if (!found) throw startError("The repository was removed.");
  return openRepository(found.repository);
}

/** An archive as the tar that its program makes of it; that proves each piece as it reads it. */
function archiveBackup(repository: OpenRepository, archive: string, io: JobIo): StoredBackup {
  return { open: () => repositoryProgram(repository.kind).exportTar(repository, archive, null, io) };
}
