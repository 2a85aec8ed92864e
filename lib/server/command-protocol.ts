import { closeSync, openSync } from "node:fs";
import { join } from "node:path";
import type { ActionError } from "@/lib/core/action-error";

/** Between the `belfry` command and a running server: one JSON line there, one JSON line back, and perhaps a file. */
export interface CommandRequest {
  verb: string;
  input: unknown;
}
export type CommandAnswer =
  | {
      ok: true;
      value: unknown;
      /** The line is followed by a file, in pieces: `command-frames.ts`. */
      hasFile?: true;
    }
  | { ok: false; error: ActionError };

/** Longest line: an uploaded configuration backup of 50 MB in base64, and its envelope. */
export const MAX_LINE_BYTES = 72 * 1024 * 1024;

const SOCKET = "belfry.sock";
/** The kernel takes 108 bytes; a few less for other systems. */
const MAX_PATH_BYTES = 100;

/**
 * The socket's address in a data folder, for `listen` and `connect`. A path that is too long for the kernel
 * is reached by way of the open folder.
 * @returns the address, the file itself, and the function that closes the folder
 */
export function commandSocket(dataDir: string): { address: string; file: string; release(): void } {
  const file = join(dataDir, SOCKET);
  if (Buffer.byteLength(file) <= MAX_PATH_BYTES) return { address: file, file, release: () => undefined };
  const folder = openSync(dataDir, "r");
  return { address: `/proc/self/fd/${folder}/${SOCKET}`, file, release: () => closeSync(folder) };
}
