import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { isRoot, type Running, startProgram } from "./child";
import { PROGRAM } from "./program";

/** The user of the container file, which exists on no machine. */
export const CONTAINER_USER = 10_001;

/** Folders of this machine, and where the container has them. */
export interface Mounts {
  /** At /opt/belfry, read-only. */
  program: string;
  /** At /data. */
  data: string;
  /** At /run/secrets, read-only. */
  secrets: string;
  /** At /sources, read-only. */
  sources: string;
  /** At /backups. */
  backups: string;
}

/** What the container file says about the process: its variables, its command, and how its health is asked. */
export function commandOfContainer(): { env: Record<string, string>; command: string[]; healthcheck: string[] } {
  const text = readFileSync(path.resolve(import.meta.dirname, "../../Dockerfile"), "utf8").replaceAll("\\\n", " ");
  const [, variables = ""] = /^ENV (.+)$/m.exec(text) ?? [];
  const list = (instruction: RegExp) => JSON.parse(instruction.exec(text)?.[1] ?? "[]") as string[];
  return {
    env: Object.fromEntries(variables.split(/\s+/).map((pair) => pair.split("=") as [string, string])),
    command: list(/^CMD (\[.+\])$/m),
    healthcheck: list(/^HEALTHCHECK .*CMD (\[.+\])$/m),
  };
}

/**
 * A file system of its own as `read_only`, `tmpfs` and `volumes` of compose.yaml make it, and then the user, without
 * capabilities or a way to get some. $1 is the folder that becomes the root; Node is at /opt/node.
 */
const CONFINE = `
set -e
root=$1 program=$2 data=$3 secrets=$4 sources=$5 backups=$6 node=$7
shift 7
mount --make-rprivate /
mount -t tmpfs -o mode=755 tmpfs "$root"
cd "$root"
mkdir -p usr etc proc dev tmp opt/belfry opt/node data run/secrets sources backups
for each in usr etc; do mount --bind "/$each" "$each"; mount -o remount,bind,ro "$each"; done
for each in proc dev; do mount --rbind "/$each" "$each"; done
for each in bin lib lib64 sbin; do if [ -L "/$each" ]; then cp -P "/$each" .; elif [ -d "/$each" ]; then mkdir "$each"; mount --bind "/$each" "$each"; fi; done
show() { mount --bind "$1" "$2"; mount -o "remount,bind,$3" "$2"; }
show "$program" opt/belfry ro
show "$node" opt/node ro
show "$secrets" run/secrets ro
show "$sources" sources ro
show "$data" data rw
show "$backups" backups rw
mount -t tmpfs -o mode=1777,size=64m,noexec,nosuid,nodev tmpfs tmp
mount -o remount,ro "$root"
exec chroot "$root" setpriv --reuid=${CONTAINER_USER} --regid=${CONTAINER_USER} --clear-groups --no-new-privs \\
  --bounding-set=-all --inh-caps=-all sh -c 'cd /opt/belfry; exec "$@"' sh "$@"
`;

/** Whether this machine lets us make such a file system: as root that may mount. */
export function canConfine(): boolean {
  return isRoot && spawnSync("unshare", ["--mount", "mount", "--make-rprivate", "/"]).status === 0;
}

function wordsFor(mounts: Mounts, command: readonly string[]): string[] {
  const { program, data, secrets, sources, backups } = mounts;
  const folders = ["/mnt", program, data, secrets, sources, backups, path.dirname(PROGRAM.node)];
  return ["--mount", "sh", "-c", CONFINE, "sh", ...folders, ...command];
}

const environmentOf = (env: Record<string, string>): NodeJS.ProcessEnv =>
  ({ ...env, PATH: "/opt/node:/usr/bin:/bin:/usr/sbin:/sbin" }) as unknown as NodeJS.ProcessEnv;

/** Runs a command in the container to its end. */
export function runConfined(mounts: Mounts, env: Record<string, string>, command: readonly string[]) {
  return spawnSync("unshare", wordsFor(mounts, command), { encoding: "utf8", env: environmentOf(env) });
}

/** Starts the container's process. */
export function startConfined(mounts: Mounts, env: Record<string, string>, command: readonly string[]): Running {
  return startProgram("unshare", wordsFor(mounts, command), { env: environmentOf(env) });
}
