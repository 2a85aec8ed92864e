import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { prepareBelfry, startBelfry } from "./support/belfry";
import { isRoot, runProgram, until } from "./support/child";

interface Health {
  status: string;
  problems: string[];
}

beforeAll(() => prepareBelfry(), 240_000);

test.skipIf(!isRoot)(
  "fault B22: a full disk turns health red and names it, until there is room again",
  async () => {
    const disk = mkdtempSync(path.join(tmpdir(), "belfry-full-"));
    runProgram("mount", ["-t", "tmpfs", "-o", "size=24m", "tmpfs", disk]);
    const belfry = await startBelfry({ dataDir: path.join(disk, "data") });
    const health = async () => {
      const answer = await fetch(`${belfry.url}/api/health`);
      return { code: answer.status, ...((await answer.json()) as Health) };
    };
    try {
      expect(await health()).toMatchObject({ code: 200, status: "ok", problems: [] });
      const filler = path.join(disk, "filler");
      try {
        writeFileSync(filler, Buffer.alloc(30_000_000));
      } catch {
        // Full, as it should be.
      }
      let last = await health();
      await until(
        "health is red",
        async () => {
          last = await health();
          return last.code === 503;
        },
        { words: () => `${JSON.stringify(last)}\n${belfry.words()}` },
      );
      expect(last).toMatchObject({ status: "unavailable" });
      expect(last.problems).toContain("The database cannot be written.");
      rmSync(filler);
      await until("it is well again", async () => (await health()).code === 200, { words: belfry.words });
      expect(await health()).toMatchObject({ status: "ok", problems: [] });
    } finally {
      await belfry.kill();
      runProgram("umount", ["-l", disk]);
      rmSync(disk, { recursive: true, force: true });
    }
  },
  240_000,
);
