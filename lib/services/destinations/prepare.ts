import { AppError } from "@/lib/core/errors";
import type { Destination } from "@/lib/jobs/contract";
import { probe } from "@/lib/jobs/probe";
import { toRunError } from "@/lib/jobs/run-error";
import { openReferences } from "@/lib/secrets/references";

/**
 * Readies the destination when a person sets it up: a missing folder is created only then. A run never creates it,
 * because a folder that is gone later is most likely a disk that is not mounted.
 * @throws AppError `invalid`, beside the field that the error proposes a value for, or else the first of the form: the one
 * that says where the destination is
 */
export async function prepareDestination(kind: Destination, config: Record<string, unknown>): Promise<void> {
  try {
    await probe([], (io) => kind.prepare(kind.parse(openReferences(config, kind).config), io));
  } catch (error) {
    const { message, advice, proposal } = toRunError(error);
    const [first] = Object.keys(kind.formSchema().properties ?? {});
    const path = `config.${proposal?.field ?? first}`;
    throw new AppError("invalid", "Some fields are invalid.", {
      fields: { [path]: advice ? `${message} ${advice}` : message },
      ...(proposal && { proposal: { [path]: proposal.value } }),
      cause: error,
    });
  }
}
