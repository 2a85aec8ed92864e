import { type EndpointRow, listEndpoints } from "@/db/queries/endpoints";
import { storageUsageOf } from "@/db/queries/storage";
import { recordStorageCheck, type StorageUsageRow } from "@/db/stores/storage";
import { loggerOf } from "@/lib/core/logger";
import { Loop } from "@/lib/core/loop";
import type { StorageFigures, StorageState } from "@/lib/core/storage";
import { openEndpoint } from "./endpoints";
import { requireMounts } from "./mounts";
import { probe } from "./probe";
import { toRunError } from "./run-error";

const log = loggerOf("storage");

const EVERY_MS = 60_000;
/** What was checked within this time is left for the next minute: a change of another destination asks for all. */
const FRESH_MS = 50_000;
const FIRST_AFTER_MS = 2_000;
/** Destinations that are asked at the same time. */
const AT_ONCE = 4;
/** How long one may take to answer, milliseconds. */
const ANSWER_MS = 10_000;

/** Looks every minute how full each destination is, and soon at a new one. A background part with `start` and `stop`. */
export class StorageChecks {
  readonly name = "storage checks";
  private readonly loop: Loop;

  constructor() {
    const options = { name: this.name, intervalMs: EVERY_MS, topics: ["jobs" as const], firstAfterMs: FIRST_AFTER_MS };
    this.loop = new Loop(options, () => checkStorage(Date.now()));
  }

  start(): Promise<void> {
    return this.loop.start();
  }

  stop(): Promise<void> {
    return this.loop.stop();
  }
}

/**
 * Looks at every destination that was not looked at within the last minute, and stores what was found.
 * @param now milliseconds @param answerMs how long one may take
 */
export async function checkStorage(now: number, answerMs: number = ANSWER_MS): Promise<void> {
  const rows = await listEndpoints("destinations", { limit: 10_000 });
  const known = await storageUsageOf(rows.map(({ id }) => id));
  const isDue = ({ id }: EndpointRow) => Math.abs(now - (known.get(id)?.checkedAt ?? 0)) >= FRESH_MS;
  const due = rows.filter(isDue);
  const next = async (): Promise<void> => {
    for (let row = due.shift(); row; row = due.shift()) {
      const last = known.get(row.id);
      const found = await look(row, last, answerMs);
      if (found.problem !== null && found.problem !== last?.problem)
        log.warn("could not measure a destination", { destinationId: row.id, reason: found.problem });
      await recordStorageCheck(row.id, found, now);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

interface Look {
  state: StorageState;
  figures: StorageFigures | null;
  problem: string | null;
}

async function look(row: EndpointRow, last: StorageUsageRow | undefined, answerMs: number): Promise<Look> {
  const failed = (state: StorageState, error: unknown): Look => {
    const { message, advice } = toRunError(error);
    return { state, figures: null, problem: advice ? `${message} ${advice}` : message };
  };
  try {
    await requireMounts(`The destination ${row.name}`, row.mounts);
  } catch (error) {
    return failed("unmounted", error);
  }
  try {
    const { kind, config, secrets } = openEndpoint(row);
    const figures = await probe(secrets, (io) => kind.measure(config, io), answerMs);
    return { state: figures ? "measured" : "unknown", figures, problem: null };
  } catch (error) {
    // A disk that hangs answers nothing; from then on it is not even asked until it lets go.
    const isMount = Object.values(row.mounts ?? {}).some((point) => point !== "/");
    const isSilent = toRunError(error).kind === "time_limit" || last?.state === "unmounted";
    return failed(isMount && isSilent ? "unmounted" : "unreachable", error);
  }
}
