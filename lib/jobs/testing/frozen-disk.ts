import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** A small disk that can be made to hang: every write to it waits until it is thawed. */
export class FreezableDisk {
  private isFrozen = false;
  private readonly image: string;

  constructor(readonly path: string) {
    this.image = `${path}.img`;
    mkdirSync(path, { recursive: true });
    execFileSync("truncate", ["-s", "80M", this.image], { stdio: "ignore" });
    execFileSync("mkfs.ext4", ["-q", "-m", "0", this.image], { stdio: "ignore" });
    execFileSync("mount", ["-o", "loop", this.image, path], { stdio: "ignore" });
    rmSync(join(path, "lost+found"), { recursive: true });
  }

  freeze(): void {
    execFileSync("fsfreeze", ["--freeze", this.path]);
    this.isFrozen = true;
  }

  thaw(): void {
    if (this.isFrozen) execFileSync("fsfreeze", ["--unfreeze", this.path]);
    this.isFrozen = false;
  }

  remove(): void {
    this.thaw();
    execFileSync("umount", ["--lazy", this.path]);
    rmSync(this.image);
  }
}

/** Whether this machine lets a test mount and freeze a disk: tried, not guessed. */
export function canFreeze(): boolean {
  const folder = mkdtempSync(join(tmpdir(), "belfry-freeze-"));
  try {
    const disk = new FreezableDisk(join(folder, "disk"));
    try {
      disk.freeze();
    } finally {
      disk.remove();
    }
    return true;
  } catch {
    return false;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
