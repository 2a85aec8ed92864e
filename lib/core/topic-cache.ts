import { type Notice, subscribe } from "./bus";

type Topic = Notice["topic"];

export interface TopicCacheOptions {
  /** How long a value is used without a notice, milliseconds: bounds what a lost notice can do. */
  maxAgeMs?: number;
}

export interface TopicCacheByIdOptions extends TopicCacheOptions {
  /** Topics whose notices drop every value, whatever ids they name. */
  clearedBy?: readonly Topic[];
  /** How many values are kept; beyond that the oldest is dropped. */
  limit?: number;
}

export interface TopicCache<Value> {
  /** The value from memory, or loaded. Rejects with what `load` throws; a failed load is not kept. */
  read(): Promise<Value>;
  /** The kept value, unless it is older than `maxAgeMs`. Never loads. */
  fresh(): Value | undefined;
  /** The kept value whatever its age, for when the database cannot be reached. Never loads. */
  last(): Value | undefined;
  clear(): void;
}

export interface TopicCacheById<Value> {
  /** The value from memory, or loaded. `null` (there is none) is passed on and not kept. */
  read(id: string): Promise<Value | null>;
  /** The kept value, unless it is older than `maxAgeMs`. Never loads. */
  fresh(id: string): Value | undefined;
  /** The kept value whatever its age, for when the database cannot be reached. Never loads. */
  last(id: string): Value | undefined;
  /** Forgets one value, and does not keep what is being loaded for it. */
  drop(id: string): void;
  clear(): void;
}

const MAX_AGE_MS = 30_000;
const LIMIT = 1_000;

/**
 * Caches one value that is derived from stored rows. Any notice of `topics` drops it, and a value whose load was under way
 * when the notice came is returned to those who asked for it before, but not kept.
 * Create it once, at the top level of a module: it subscribes to the bus for the life of the process.
 * @param load reads the stored rows; publish the notice after the commit that changes them
 */
export function topicCache<Value>(
  topics: Topic | readonly Topic[],
  load: () => Promise<Value>,
  { maxAgeMs = MAX_AGE_MS }: TopicCacheOptions = {},
): TopicCache<Value> {
  const values = new CachedValues<{ value: Value }>(async () => ({ value: await load() }), maxAgeMs, 1);
  const dropping = new Set<Topic>(typeof topics === "string" ? [topics] : topics);
  subscribe(({ topic }) => {
    if (dropping.has(topic)) values.clear();
  });
  return {
    read: async () => {
      const found = await values.read("");
      if (!found) throw new Error("a topic cache loaded nothing");
      return found.value;
    },
    fresh: () => values.fresh("")?.value,
    last: () => values.last("")?.value,
    clear: () => values.clear(),
  };
}

/**
 * Caches values by id. A notice of `topic` drops the ids it names, or all when it names none; see `topicCache` for the rest.
 * @param load `null` when there is nothing of that id
 */
export function topicCacheById<Value>(
  topic: Topic,
  load: (id: string) => Promise<Value | null>,
  { maxAgeMs = MAX_AGE_MS, clearedBy = [], limit = LIMIT }: TopicCacheByIdOptions = {},
): TopicCacheById<Value> {
  const values = new CachedValues<Value>(load, maxAgeMs, limit);
  const clearing = new Set<Topic>(clearedBy);
  subscribe((notice) => {
    if (clearing.has(notice.topic) || (notice.topic === topic && !notice.ids)) values.clear();
    else if (notice.topic === topic) for (const id of notice.ids ?? []) values.drop(id);
  });
  return values;
}

/** Values by key with their age, by a clock that nobody sets, and the loads under way. A load keeps its value only while it is still registered. */
class CachedValues<Value> {
  private readonly kept = new Map<string, { value: Value; readAt: number }>();
  private readonly loading = new Map<string, Promise<Value | null>>();

  constructor(
    private readonly load: (key: string) => Promise<Value | null>,
    private readonly maxAgeMs: number,
    private readonly limit: number,
  ) {}

  /** Callers that ask while a load is under way share it. */
  async read(key: string): Promise<Value | null> {
    return this.fresh(key) ?? this.loading.get(key) ?? this.startLoad(key);
  }

  fresh(key: string): Value | undefined {
    const entry = this.kept.get(key);
    return entry && performance.now() - entry.readAt < this.maxAgeMs ? entry.value : undefined;
  }

  last(key: string): Value | undefined {
    return this.kept.get(key)?.value;
  }

  drop(key: string): void {
    this.kept.delete(key);
    this.loading.delete(key);
  }

  clear(): void {
    this.kept.clear();
    this.loading.clear();
  }

  private startLoad(key: string): Promise<Value | null> {
    // The age counts from before the read: a change that came after it is not in the value.
    const readAt = performance.now();
    const isCurrent = () => this.loading.get(key) === promise;
    const promise = this.load(key).then(
      (value) => {
        if (isCurrent()) this.settle(key, value, readAt);
        return value;
      },
      (error: unknown) => {
        // The kept value stays, for `last`.
        if (isCurrent()) this.loading.delete(key);
        throw error;
      },
    );
    this.loading.set(key, promise);
    return promise;
  }

  private settle(key: string, value: Value | null, readAt: number): void {
    this.drop(key);
    if (value === null) return;
    const oldest = this.kept.keys().next();
    if (this.kept.size >= this.limit && !oldest.done) this.kept.delete(oldest.value);
    this.kept.set(key, { value, readAt });
  }
}
