import { openCommandSocket } from "@/lib/server/command-socket";
import type { Part } from "./part";

/** Listens for the `belfry` command in the data folder, on every process that holds one. */
export function commandPart(dataDir: string): Part {
  let close: (() => Promise<void>) | undefined;
  return {
    name: "the command's socket",
    async start() {
      close = await openCommandSocket(dataDir);
    },
    async stop() {
      await close?.();
    },
  };
}
