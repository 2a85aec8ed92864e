/** Every way a request may end: with an answer, or without one. */
export type HttpAnswer =
  | {
      kind: "answer";
      status: number;
      /** Names in lower case; repeated ones joined by a comma. */
      headers: Record<string, string>;
      /** At most 64 kB. */
      body: string;
    }
  | {
      kind: "failed";
      reason: string;
      /** Belfry itself refused to send: another attempt is pointless. */
      isRefused: boolean;
      /** `ECONNREFUSED`, `ENOTFOUND`, `TIMEOUT` … */
      code?: string;
      /** What to do about it. */
      advice?: string;
    };
