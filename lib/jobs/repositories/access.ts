import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runtimeValue } from "@/lib/core/runtime";
import type { JobIo } from "../contract";
import { requireMounts } from "../mounts";
import { requirePlace } from "../places/require-place";
import { fileError, RunError, startError } from "../run-error";
import { untilAborted } from "../until-aborted";
import type { OpenRepository } from "./contract";
import type { ServerLocation } from "./location";

/** The name under which the pinned keys are looked up, whatever the server is called. */
const ALIAS = "belfry-repository";
const CONNECT_SECONDS = 15;

/** What belongs to one repository below the data folder: caches, and what borg remembers of it. */
export async function baseFolder({ id }: Pick<OpenRepository, "id">): Promise<string> {
  const folder = join(runtimeValue("dataDir"), "repositories", id);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  return folder;
}

/**
 * Checks what can be known of a repository before its program starts, on this moment's paths and mounts.
 * @throws RunError of kind `cannot_start`
 */
export async function requireReachable({ name, location, mounts }: OpenRepository, io: JobIo): Promise<void> {
  if (location.type === "server") return;
  await requireMounts(`The repository ${name}`, mounts);
  await untilAborted(io.signal, () => requirePlace("store", location.path)).catch((error: unknown) => {
    throw fileError(error, `The repository ${location.path}`, "cannot_start");
  });
}

/**
 * Writes the keys of a connection into the folder of the run, and makes ssh's arguments of them: it asks nothing, knows
 * the pinned keys only, and reads nobody's configuration.
 * @throws RunError where no key of the server is pinned
 */
export async function sshArguments(
  { name, hostKey, privateKey }: OpenRepository,
  { port }: ServerLocation,
  io: JobIo,
): Promise<string[]> {
  if (!hostKey)
    throw startError(`No host key of the server of ${name} is known.`, "Test it, compare the key, and accept it.");
  const knownHosts = join(io.workDir, "known_hosts");
  const lines = publicKeys(hostKey).map((key) => `${ALIAS} ${key}\n`);
  if (lines.length === 0) throw new RunError(`The host key of ${name} cannot be read.`);
  await writeFile(knownHosts, lines.join(""), { mode: 0o600 });
  const identity = join(io.workDir, "identity");
  if (privateKey) await writeFile(identity, `${privateKey.trimEnd()}\n`, { mode: 0o600 });
  const options = {
    BatchMode: "yes",
    StrictHostKeyChecking: "yes",
    HostKeyAlias: ALIAS,
    UserKnownHostsFile: knownHosts,
    GlobalKnownHostsFile: "/dev/null",
    UpdateHostKeys: "no",
    ConnectTimeout: String(CONNECT_SECONDS),
    ServerAliveInterval: "30",
    ServerAliveCountMax: "6",
    ...(privateKey && { IdentitiesOnly: "yes", IdentityFile: identity }),
  };
  return [
    "ssh",
    "-F",
    "/dev/null",
    "-p",
    String(port),
    ...Object.entries(options).flatMap(([key, value]) => ["-o", `${key}=${value}`]),
  ];
}

/** Words as a program reads them that splits a line like a shell. */
export function quoted(words: readonly string[]): string {
  return words.map((word) => (/^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replace(/'/g, `'\\''`)}'`)).join(" ");
}

const KEY = /(?:^|\s)((?:ssh-ed25519|ssh-rsa|ecdsa-sha2-nistp(?:256|384|521)) [A-Za-z0-9+/]+={0,2})(?:\s|$)/;

/** The public keys of lines as ssh-keyscan prints them, or as they stand in known_hosts. */
export function publicKeys(text: string): string[] {
  return text.split(/\r?\n/).flatMap((line) => (line.startsWith("#") ? [] : (KEY.exec(line)?.[1] ?? [])));
}

/** Asks a server for its keys. Nothing proves that they are its own: a person has to compare them. @throws RunError */
export async function scanHostKeys({ host, port }: ServerLocation, io: JobIo): Promise<string> {
  const bare = host.replace(/^\[|\]$/g, "");
  const types = "ed25519,ecdsa,rsa";
  const { stdout } = await io.tools.run("ssh-keyscan", ["-T", "10", "-t", types, "-p", String(port), "--", bare]);
  const keys = publicKeys(stdout);
  if (keys.length > 0) return keys.join("\n");
  throw startError(
    `No SSH server answers at ${host}, port ${port}.`,
    "Check the name and the port, and that the server runs.",
  );
}
