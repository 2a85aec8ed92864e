import { ShareBar } from "@/components/chart/share-bar";
import { formatBytes } from "@/components/format";
import { type ClientDisk, figuresOfDisk } from "@/lib/core/client";
import { usedPercent } from "@/lib/core/storage";

/** How full a disk is, percent, rounded up as df does. */
function percentOf(disk: ClientDisk): number {
  return disk.totalBytes > 0 ? Math.min(100, Math.ceil(usedPercent(figuresOfDisk(disk)))) : 0;
}

/** The disks of a client with how full each is. */
export function DiskList({ disks }: { disks: readonly ClientDisk[] }) {
  return (
    <ul className="flex flex-col gap-3">
      {disks.map((disk) => {
        const percent = percentOf(disk);
        return (
          <li key={disk.mount} className="flex flex-col gap-1">
            <span className="flex flex-wrap items-baseline justify-between gap-x-4">
              <span className="font-mono text-sm [overflow-wrap:anywhere]">{disk.mount}</span>
              <span className="num text-muted text-sm">
                {percent} % used, {formatBytes(disk.freeBytes)} of {formatBytes(disk.totalBytes)} free
              </span>
            </span>
            <ShareBar percent={percent} />
          </li>
        );
      })}
    </ul>
  );
}

/** The fullest disk in one line; nothing for none. */
export function FullestDisk({ disks }: { disks: readonly ClientDisk[] }) {
  const [fullest] = [...disks].sort((a, b) => percentOf(b) - percentOf(a));
  if (!fullest) return <span className="text-faint">–</span>;
  return (
    <span className="text-muted">
      {percentOf(fullest)} % <span className="font-mono text-faint text-xs">{fullest.mount}</span>
    </span>
  );
}
