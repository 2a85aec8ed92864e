/** Programs that Belfry may start: the operator's own list, and `apprise`. Never through a shell; it never throws. */
export interface CommandIo {
  /** Names of the operator's list; null while commands are off. */
  names(): Promise<string[] | null>;
  /** Runs a command of the list. The variables are added to a clean environment; nothing of ours is in it. */
  run(name: string, input: { variables: Record<string, string>; stdin: string }): Promise<CommandAnswer>;
  /** The installed `apprise`, or why it cannot be used, in a sentence with what to do about it. */
  findApprise(): Promise<{ kind: "found"; version: string } | { kind: "missing"; reason: string }>;
  /** Sends one message by `apprise`: the URL goes through the environment and the body through standard input. */
  runApprise(input: {
    url: string;
    title: string;
    body: string;
    type: "info" | "success" | "warning" | "failure";
  }): Promise<CommandAnswer>;
}

export type CommandAnswer =
  | {
      kind: "ended";
      exitCode: number;
      /** The end of what it wrote, at most 8 kB each. */
      stdout: string;
      stderr: string;
    }
  /** It could not be started, or did not end in time. `isRefused`: it may not be started at all. */
  | { kind: "failed"; reason: string; isRefused: boolean };
