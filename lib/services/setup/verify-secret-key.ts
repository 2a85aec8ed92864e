import { readOrStoreSecretCheck } from "@/db/stores/secret-check";
import { AppError } from "@/lib/core/errors";
import { open, seal } from "@/lib/secrets/seal";

const PURPOSE = "secret-check";
const WORD = "belfry";

/**
 * Sees to it that the loaded key is the one this database was begun with; the first start leaves the check value.
 * @throws AppError `unavailable`, which stops the start, when it is another
 */
export async function verifySecretKey(now = Date.now()): Promise<void> {
  const stored = await readOrStoreSecretCheck(seal(WORD, PURPOSE), now);
  try {
    if (typeof stored === "string" && open(stored, PURPOSE) === WORD) return;
  } catch {
    // Said below, in words that fit the start.
  }
  throw new AppError(
    "unavailable",
    "The secret key does not belong to this database. Start with the key it was begun with: BELFRY_SECRET_KEY, or the file secret.key of the data folder.",
  );
}
