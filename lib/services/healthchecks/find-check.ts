import { z } from "zod";
import { type CheckRow, listChecks } from "@/db/queries/healthchecks";
import { AppError } from "@/lib/core/errors";
import { hashToken } from "@/lib/core/token";
import { UNIQUE_KEY_DIGITS } from "./view";

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const DIGITS = /^[0-9a-f]+$/;

/** The UUID of a check, or its unique key. */
export const checkIdField = z.string().max(100, "This names no check.");

/** The external job that a UUID or a unique key names. @throws AppError `not_found` */
export async function findCheck(id: string): Promise<CheckRow> {
  const start = UUID.test(id) ? hashToken(id.toLowerCase()) : isUniqueKey(id) ? id : null;
  const [row] = start === null ? [] : await listChecks({ uuidHashStart: start }, 1);
  if (!row) throw new AppError("not_found", "not found");
  return row;
}

function isUniqueKey(id: string): boolean {
  return id.length === UNIQUE_KEY_DIGITS && DIGITS.test(id);
}
