import { execFileSync } from "node:child_process";

const run = (folder: string, tool: string, args: string[]) =>
  execFileSync(tool, args, { cwd: folder, encoding: "latin1" });

/** What a backup of a folder has to bring back, as text: all but its sockets. */
export function folderState(folder: string): { entries: string[]; acls: string; attributes: string; sums: string[] } {
  const format = "%P\\0%y %m %U:%G %n %T@ %l\\0";
  const parts = run(folder, "find", [".", "!", "-type", "s", "-printf", format]).split("\0");
  const entries: string[] = [];
  for (let n = 0; n + 1 < parts.length; n += 2) {
    entries.push(`${JSON.stringify(parts[n])} ${parts[n + 1]}`);
  }
  const sums = run(folder, "find", [".", "-type", "f", "-exec", "sha256sum", "-z", "--", "{}", "+"]).split("\0");
  return {
    entries: entries.sort(),
    acls: sortedBlocks(run(folder, "find", [".", "!", "-type", "s", "-exec", "getfacl", "-P", "-n", "--", "{}", "+"])),
    attributes: sortedBlocks(run(folder, "getfattr", ["-R", "-P", "-h", "-d", "-m", "-", "-e", "hex", "."])),
    sums: sums.sort(),
  };
}

function sortedBlocks(text: string): string {
  return text.split("\n\n").sort().join("\n\n");
}
