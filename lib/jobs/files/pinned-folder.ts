import { existsSync } from "node:fs";
import { constants, type FileHandle, lstat, mkdir, open, readdir, readlink, realpath } from "node:fs/promises";
import { join } from "node:path";
import { systemCode } from "../run-error";
import { toolFolder } from "../tool-io";

/** Names on Linux are bytes. */
export type FileName = string | Buffer;

const DESCRIPTORS = "/proc/self/fd";
/** Opens a folder to pass through it, which needs no right to list it; Linux alone has it. */
const O_PATH = process.platform === "linux" ? 0x200000 : 0;
const FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | O_PATH;

/**
 * An open folder. What is done by its paths happens in this very folder, whatever its own path leads to by then: Node has
 * no `openat`, but Linux resolves `/proc/self/fd/N/name` from the open folder on. Elsewhere the path itself is used.
 * https://man7.org/linux/man-pages/man5/proc_pid_fd.5.html
 */
export class PinnedFolder {
  private constructor(
    private readonly handle: FileHandle,
    /** Its path when it was opened, for sentences. */
    readonly shown: string,
    private readonly base: string,
  ) {}

  /** Opens a folder by its path; links in it are followed. @throws the system's error */
  static async open(path: string): Promise<PinnedFolder> {
    return PinnedFolder.of(await open(path, FLAGS), path);
  }

  private static of(handle: FileHandle, shown: string): PinnedFolder {
    return new PinnedFolder(handle, shown, existsSync(DESCRIPTORS) ? `${DESCRIPTORS}/${handle.fd}` : shown);
  }

  /** For tools that get the folder as a file descriptor. */
  get fd(): number {
    return this.handle.fd;
  }

  /** Its path in a tool that gets `fd` as so many-th of its `folders`, from 0. */
  inTool(index = 0): string {
    return this.base === this.shown ? this.shown : toolFolder(index);
  }

  /** A path of the folder itself, or of something in it, that is good in this process. */
  at(): string;
  at(name: string): string;
  at(name: FileName): FileName;
  at(name?: FileName): FileName {
    if (name === undefined) return this.base;
    return typeof name === "string" ? `${this.base}/${name}` : Buffer.concat([Buffer.from(`${this.base}/`), name]);
  }

  /** Opens a folder in it. @throws the system's error; `ELOOP` for a link */
  async enter(name: FileName): Promise<PinnedFolder> {
    const path = this.at(name);
    const shown = join(this.shown, name.toString());
    try {
      return PinnedFolder.of(await open(path, FLAGS | constants.O_NOFOLLOW), shown);
    } catch (error) {
      const isLink = await lstat(path).then(
        (found) => found.isSymbolicLink(),
        () => false,
      );
      throw isLink ? Object.assign(new Error(`${shown} is a link`), { code: "ELOOP", path: shown }) : error;
    }
  }

  /** Makes a folder in it, for its owner alone. @returns false when something has the name already */
  async make(name: FileName): Promise<boolean> {
    try {
      await mkdir(this.at(name), { mode: 0o700 });
      return true;
    } catch (error) {
      if (systemCode(error) === "EEXIST") return false;
      throw error;
    }
  }

  names(): Promise<Buffer[]> {
    return readdir(this.base, { encoding: "buffer" });
  }

  /** Where it is now, without links. */
  async real(): Promise<string> {
    return this.base === this.shown ? await realpath(this.base) : await readlink(this.base);
  }

  async close(): Promise<void> {
    await this.handle.close();
  }
}
