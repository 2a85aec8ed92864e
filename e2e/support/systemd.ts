import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Running, startProgram } from "./child";

/** A machine of its own for one service: systemd as process 1, in namespaces of processes, mounts and control groups. */
export interface SystemdMachine extends Running {
  /** The file that gets what the service says. */
  log(): string;
}

export interface SystemdOptions {
  /** Content of the unit, and of one more file as `systemctl edit` makes it. */
  unit: string;
  dropIn: string;
  /** Folders of this machine, and where that one has them. */
  mounts: Readonly<Record<string, string>>;
  /** Content of files below /etc. */
  etc: Readonly<Record<string, string>>;
}

/** What units need of the targets that every machine has. */
const TARGETS = ["sysinit", "basic", "shutdown", "network-online"];
const USER = "belfry:x:10001:10001::/var/lib/belfry:/usr/sbin/nologin\n";

/** $1 is a folder of ours; then pairs of a folder here and its place there. Only this namespace sees the mounts. */
const BOOT = `
set -e
own=$1
shift
mount --make-rprivate /
mount -t tmpfs tmpfs /mnt
mkdir /mnt/upper /mnt/work
cp -a "$own/etc/." /mnt/upper
mount -t overlay -o lowerdir=/etc,upperdir=/mnt/upper,workdir=/mnt/work overlay /etc
for each in /run /opt /srv /var/lib; do mount -t tmpfs -o mode=755 tmpfs "$each"; done
mkdir -p /run/systemd
while [ $# -gt 0 ]; do mkdir -p "$2"; mount --bind "$1" "$2"; shift 2; done
mount -t cgroup2 cgroup2 /sys/fs/cgroup
# Secrets of services are mounted beside process 1, and reach it only so.
mount --make-rshared /
export SYSTEMD_UNIT_PATH="$own/units" container=test
exec /lib/systemd/systemd --system --unit=basic.target --log-target=console --log-level=notice --show-status=no
`;

/** Starts a machine with the service; `stop` ends all of it. Needs root that may mount. */
export function startSystemd({ unit, dropIn, mounts, etc }: SystemdOptions): SystemdMachine {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-systemd-"));
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  for (const target of TARGETS) {
    const wants = target === "basic" ? "Wants=belfry.service\n" : "";
    write(`units/${target}.target`, `[Unit]\nDefaultDependencies=no\n${wants}`);
  }
  const log = path.join(folder, "said");
  writeFileSync(log, "");
  write("units/belfry.service", unit);
  write(
    "units/belfry.service.d/own.conf",
    `[Service]\nStandardOutput=append:${log}\nStandardError=append:${log}\n${dropIn}`,
  );
  write("etc/passwd", readFileSync("/etc/passwd", "utf8") + USER);
  write("etc/group", `${readFileSync("/etc/group", "utf8")}belfry:x:10001:\n`);
  for (const [name, text] of Object.entries(etc)) write(`etc/${name}`, text);
  const words = ["--fork", "--kill-child", "--pid", "--mount", "--mount-proc", "--cgroup"];
  const running = startProgram("unshare", [...words, "sh", "-c", BOOT, "sh", folder, ...Object.entries(mounts).flat()]);
  return {
    ...running,
    log: () => `${running.words()}${readFileSync(log, "utf8")}`,
    async stop() {
      // Process 1 ends with the process that waits for it.
      await running.stop("SIGKILL");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
