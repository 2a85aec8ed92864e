import { z } from "zod";
import { clientNames } from "@/db/queries/clients";
import { AppError } from "@/lib/core/errors";
import type { Role } from "@/lib/core/role";
import { idField } from "@/lib/services/page";

/** As many clients as an account can be limited to. */
const MOST = 1_000;

/** The clients that an account is limited to; null: it sees whatever its role does. */
export const clientIdsField = z
  .array(idField)
  .max(MOST, `At most ${MOST.toLocaleString("en-US")} clients.`)
  .transform((ids) => [...new Set(ids)])
  .nullable();

/** @throws AppError `invalid`, beside the field: for an administrator, and for a client that does not exist */
export async function assertClients(role: Role, clientIds: readonly string[] | null): Promise<void> {
  if (clientIds === null) return;
  if (role === "admin") throw invalid("An administrator sees everything. Choose another role, or all clients.");
  const known = await clientNames(clientIds);
  const missing = clientIds.filter((id) => !known.has(id));
  if (missing.length > 0) throw invalid(`There is no client ${missing[0]}. It may have been removed: choose again.`);
}

function invalid(sentence: string): AppError {
  return new AppError("invalid", "Some fields are invalid.", { fields: { clientIds: sentence } });
}
