import { messageOf } from "./errors";

/** What the codes of the operating system mean, as the end of a sentence. */
const REASONS: Record<string, string> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EROFS: "the disk is mounted read-only",
  EIO: "the disk reports an error",
  EACCES: "the user that Belfry runs as has no right to it",
  EPERM: "the user that Belfry runs as may not do this",
  ENOENT: "there is no such file or folder",
  ENOTDIR: "a part of the path is no folder",
  EISDIR: "it is a folder",
  EEXIST: "something is there already",
  ENOTEMPTY: "the folder is not empty",
  EBUSY: "it is in use",
  ELOOP: "it is a link that leads to itself",
  ENAMETOOLONG: "its name is too long",
  EMFILE: "too many files are open",
  ENFILE: "too many files are open on this machine",
  EFBIG: "the file would be larger than the file system allows",
  ESTALE: "the network folder is no longer there",
  ETIMEDOUT: "it did not answer in time",
  ECONNREFUSED: "the connection was refused",
  ECONNRESET: "the connection was cut",
  EPIPE: "the other side closed it",
  ENOTFOUND: "its name cannot be found",
  EAI_AGAIN: "its name cannot be looked up at the moment",
  EHOSTUNREACH: "there is no way to its machine",
  ENETUNREACH: "there is no way to its network",
};

/** Why something failed, for the end of a sentence: the meaning of the system's code, or else the error's own message. */
export function systemReason(error: unknown): string {
  const { code } = (error ?? {}) as { code?: unknown };
  return (typeof code === "string" ? systemReasonOf(code) : undefined) ?? messageOf(error).replace(/\.$/, "");
}

/** The meaning of a code of the operating system, for the end of a sentence. */
export function systemReasonOf(code: string): string | undefined {
  return REASONS[code];
}
