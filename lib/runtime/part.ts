/** Work in the background for as long as the process lives. */
export interface Part {
  name: string;
  /** Starts; nothing that it starts may outlive `stop`. Throwing here ends the process. */
  start(): void | Promise<void>;
  /** Finishes what runs and hands back what it holds. Called once, with a few seconds to do it. */
  stop(): void | Promise<void>;
}
