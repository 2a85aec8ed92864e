import { type EndpointRow, listEndpoints } from "@/db/queries/endpoints";
import { listRepositories } from "@/db/queries/repositories";
import { storageUsageOf } from "@/db/queries/storage";
import { recordStorageCheck, type StorageUsageRow } from "@/db/stores/storage";
import { loggerOf } from "@/lib/core/logger";
import { Loop } from "@/lib/core/loop";
import type { StorageFigures, StorageState } from "@/lib/core/storage";
import { local } from "./destinations/local";
import { openEndpoint } from "./endpoints";
import { type Mounts, requireMounts } from "./mounts";
import { probe } from "./probe";
import { readLocation } from "./repositories/location";
import { toRunError } from "./run-error";

const log = loggerOf("storage");

const EVERY_MS = 60_000;
/** What was checked within this time is left for the next minute: a change of another destination asks for all. */
const FRESH_MS = 50_000;
const FIRST_AFTER_MS = 2_000;
/** Those that are asked at the same time. */
const AT_ONCE = 4;
/** More than anybody has. */
const MOST = 10_000;
/** How long one may take to answer, milliseconds. */
const ANSWER_MS = 10_000;

/** Looks every minute how full each destination and each repository of this machine is, and soon at a new one. A background part with `start` and `stop`. */
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
 * Looks at every destination and repository that was not looked at within the last minute, and stores what was found.
 * @param now milliseconds @param answerMs how long one may take
 */
export async function checkStorage(now: number, answerMs: number = ANSWER_MS): Promise<void> {
  const rows = await measurable();
  const known = await storageUsageOf(rows.map(({ id }) => id));
  const isDue = ({ id }: Location) => Math.abs(now - (known.get(id)?.checkedAt ?? 0)) >= FRESH_MS;
  const due = rows.filter(isDue);
  const next = async (): Promise<void> => {
    for (let row = due.shift(); row; row = due.shift()) {
      const last = known.get(row.id);
      const found = await look(row, last, answerMs);
      if (found.problem !== null && found.problem !== last?.problem)
        log.warn("could not measure a location", { locationId: row.id, reason: found.problem });
      await recordStorageCheck(row.id, found, now);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, next));
}

/** Where backups are stored, and how it is measured. */
interface Location {
  id: string;
  /** In sentences: `The destination offsite`. */
  title: string;
  mounts: Mounts | null;
  /** @throws RunError */
  measure(answerMs: number): Promise<StorageFigures | null>;
}

/** Destinations, and the repositories of this machine: a server says nothing of the disk that a repository is on. */
async function measurable(): Promise<Location[]> {
  const [destinations, repositories] = await Promise.all([
    listEndpoints("destinations", { limit: MOST }),
    listRepositories({ limit: MOST }),
  ]);
  const folders = repositories.flatMap(({ repository: { id, name, kind, location, mounts } }): Location[] => {
    const place = readLocation(kind, location);
    if (typeof place === "string" || place.type !== "local") return [];
    const measure = (answerMs: number) => probe([], (io) => local.measure({ path: place.path }, io), answerMs);
    return [{ id, title: `The repository ${name}`, mounts, measure }];
  });
  return [...destinations.map(locationOf), ...folders];
}

function locationOf(row: EndpointRow): Location {
  return {
    id: row.id,
    title: `The destination ${row.name}`,
    mounts: row.mounts,
    async measure(answerMs) {
      const { kind, config, secrets } = openEndpoint(row);
      return await probe(secrets, (io) => kind.measure(config, io), answerMs);
    },
  };
}

interface Look {
  state: StorageState;
  figures: StorageFigures | null;
  problem: string | null;
}

async function look(location: Location, last: StorageUsageRow | undefined, answerMs: number): Promise<Look> {
  const failed = (state: StorageState, error: unknown): Look => {
    const { message, advice } = toRunError(error);
    return { state, figures: null, problem: advice ? `${message} ${advice}` : message };
  };
  try {
    await requireMounts(location.title, location.mounts);
  } catch (error) {
    return failed("unmounted", error);
  }
  try {
    const figures = await location.measure(answerMs);
    return { state: figures ? "measured" : "unknown", figures, problem: null };
  } catch (error) {
    // A disk that hangs answers nothing; from then on it is not even asked until it lets go.
    const isMount = Object.values(location.mounts ?? {}).some((point) => point !== "/");
    const isSilent = toRunError(error).kind === "time_limit" || last?.state === "unmounted";
    return failed(isMount && isSilent ? "unmounted" : "unreachable", error);
  }
}
