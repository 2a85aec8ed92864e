import { AppError } from "@/lib/core/errors";
import type { Destination } from "@/lib/jobs/contract";
import { probe } from "@/lib/jobs/probe";
import { toRunError } from "@/lib/jobs/run-error";
import { openReferences } from "@/lib/secrets/references";

/**
 * Looks at the destination when a person sets it up. A missing folder is created only then, and only where the person chose
 * so: it is most likely on a disk that is not mounted, and a run never creates it.
 * @throws AppError `invalid`, beside that choice for a folder that is missing, beside the field that the error proposes a
 * value for, or else the first of the form: the one that says where the destination is
 */
export async function prepareDestination(
  kind: Destination,
  config: Record<string, unknown>,
  createFolder: boolean,
): Promise<void> {
  try {
    await probe([], (io) => kind.prepare(kind.parse(openReferences(config, kind).config), io, createFolder));
  } catch (error) {
    const { message, advice, proposal, isFolderMissing } = toRunError(error);
    const [first] = Object.keys(kind.formSchema().properties ?? {});
    const path = isFolderMissing ? "createFolder" : `config.${proposal?.field ?? first}`;
    throw new AppError("invalid", "Some fields are invalid.", {
      fields: { [path]: advice ? `${message} ${advice}` : message },
      ...(proposal && { proposal: { [path]: proposal.value } }),
      cause: error,
    });
  }
}
