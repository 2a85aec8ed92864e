import { isAbsolute, resolve } from "node:path";
import type { RepositoryKind } from "@/lib/core/repository";

/** A repository in a folder of this machine. */
interface LocalLocation {
  type: "local";
  /** Absolute. */
  path: string;
}

/** A repository on a server that SSH leads to. */
export interface ServerLocation {
  type: "server";
  user: string | null;
  host: string;
  port: number;
  /** Absolute, or below the folder that the user starts in where it begins with `./`. */
  path: string;
}

export type Location = LocalLocation | ServerLocation;

const SCHEMES: Record<RepositoryKind, string> = { borg: "ssh", restic: "sftp" };
/** `ssh://user@host:port/path`; nothing in it can be an option or a word of a shell. */
const URL =
  /^([a-z]+):\/\/(?:([A-Za-z0-9_][A-Za-z0-9_.-]*)@)?(\[[0-9a-fA-F:]+\]|[A-Za-z0-9][A-Za-z0-9.-]*)(?::(\d{1,5}))?(\/.+)$/;
/** `sftp:user@host:/path`, as restic writes it. */
const SHORT = /^sftp:(?:([A-Za-z0-9_][A-Za-z0-9_.-]*)@)?([A-Za-z0-9][A-Za-z0-9.-]*):(\/.+)$/;
const SSH_PORT = 22;

/**
 * Reads where a repository is.
 * @returns a sentence where it cannot be used: borg and restic give some characters a meaning of their own
 */
export function readLocation(kind: RepositoryKind, text: string): Location | string {
  if ([...text].some((letter) => letter < " " || letter === "\u007f")) return "No line breaks or control characters.";
  if (/[{}]|::/.test(text)) return "A location cannot hold {, } or ::, to which borg gives a meaning of its own.";
  if (isAbsolute(text)) return { type: "local", path: resolve(text) };
  const [, scheme, user, host, port, path] = URL.exec(text.replace(SHORT, shortAsUrl)) ?? [];
  if (!scheme || !host || !path) return `Enter an absolute path, or ${SCHEMES[kind]}://user@host/path.`;
  if (scheme !== SCHEMES[kind]) return `${kind} reaches servers by ${SCHEMES[kind]}://user@host/path.`;
  const number = port ? Number(port) : SSH_PORT;
  if (number < 1 || number > 65_535) return "A port is a number from 1 to 65535.";
  if (path.split("/").includes("..")) return "Enter the path without “..” in it.";
  return { type: "server", user: user ?? null, host, port: number, path };
}

const shortAsUrl = (_: string, user: string | undefined, host: string, path: string) =>
  `sftp://${user ? `${user}@` : ""}${host}${path}`;

/** The one way in which a location is stored. */
export function locationText(kind: RepositoryKind, location: Location): string {
  if (location.type === "local") return location.path;
  const { user, host, port, path } = location;
  return `${SCHEMES[kind]}://${user ? `${user}@` : ""}${host}${port === SSH_PORT ? "" : `:${port}`}${path}`;
}
