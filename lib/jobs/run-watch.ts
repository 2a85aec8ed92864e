import type { Tools } from "./tool-io";

/** What a run is waiting for, in words: a run that does not end says what hangs. */
export class RunWatch {
  private readonly pending = new Set<{ step: string }>();
  private readonly listeners = new Set<() => void>();
  private readonly storedPaths = new Set<string>();

  /** @param notePath stores the path of a file before its first byte, so that it is found after a crash */
  constructor(private readonly notePath: (path: string) => Promise<unknown>) {}

  /**
   * Notes a wait for as long as the work really takes, also when nobody waits for it any longer.
   * @param step continues a sentence: `writing to NAS`
   */
  watch<T>(step: string, work: Promise<T>): Promise<T> {
    const entry = { step };
    this.pending.add(entry);
    const end = () => {
      this.pending.delete(entry);
      for (const listener of this.listeners) listener();
    };
    work.then(end, end);
    return work;
  }

  /** What has not ended, oldest first, each once; null: nothing. */
  current(): string | null {
    return [...new Set([...this.pending].map(({ step }) => step))].join(", ") || null;
  }

  /** Waits until nothing is pending, at most `limitMs`. @returns what still is */
  async settled(limitMs: number): Promise<string | null> {
    let onChange: () => void = () => undefined;
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      timer = setTimeout(resolve, limitMs);
      onChange = () => {
        if (this.pending.size === 0) resolve();
      };
      this.listeners.add(onChange);
      onChange();
    });
    clearTimeout(timer);
    this.listeners.delete(onChange);
    return this.current();
  }

  /** To be called before a file is created at any destination. */
  async willStore(path: string): Promise<void> {
    if (this.storedPaths.has(path)) return;
    await this.notePath(path);
    this.storedPaths.add(path);
  }

  /** Tools whose processes are noted while they run. */
  watched(tools: Tools): Tools {
    return {
      start: (tool, args, options) => {
        const running = tools.start(tool, args, options);
        void this.watch(tool, running.ended).catch(() => undefined);
        return running;
      },
      run: (tool, args, options) => this.watch(tool, tools.run(tool, args, options)),
    };
  }
}
