import { readOrStoreSecretCheck } from "@/db/stores/secret-check";
import { AppError } from "@/lib/core/errors";
import { open, seal } from "@/lib/secrets/seal";

const PURPOSE = "secret-check";
const CHECK_TEXT = "belfry";

/**
 * Verifies that the loaded key is the one this database was created with; the first start stores the check value.
 * @returns the check value: the same in every process and at every start, and another one in every installation
 * @throws AppError `unavailable`, which stops the start, when it is not
 */
export async function verifySecretKey(now = Date.now()): Promise<string> {
  const stored = await readOrStoreSecretCheck(seal(CHECK_TEXT, PURPOSE), now);
  try {
    if (typeof stored === "string" && open(stored, PURPOSE) === CHECK_TEXT) return stored;
  } catch {
    // Reported below, with a sentence for the start.
  }
  throw new AppError(
    "unavailable",
    "The secret key does not belong to this database. Start with the key it was created with: BELFRY_SECRET_KEY, or the file secret.key of the data folder.",
  );
}
