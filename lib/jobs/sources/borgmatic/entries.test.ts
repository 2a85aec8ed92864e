import { expect, test } from "vitest";
import type { ArchiveEntry } from "@/lib/core/archive-entry";
import { ListedFolder, readListedEntries } from "./entries";

const MARK = "0123456789abcdef01234567";

async function* inPieces(text: string, size: number) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

test("entries are read as they come, wherever the pieces are cut, and lines of borgmatic between them are left out", async () => {
  const names = ["é/😀", "line\nfeed", "a b", ""];
  const text = `Listing archive\n${names.map((name) => `${MARK}${name}${MARK}\n`).join("a line between\n")}done\n`;
  for (const size of [1, 2, 3, 7, 1_000]) {
    const taken: string[] = [];
    await readListedEntries(inPieces(text, size), MARK, (one) => taken.push(one));
    expect(taken).toEqual(names);
  }
});

test("what is no list is refused before it fills the memory", async () => {
  const never = readListedEntries(inPieces("x".repeat(6 * 1024 * 1024), 64 * 1024), MARK, () => undefined);
  await expect(never).rejects.toThrow(/in a way that Belfry does not know/);
});

const entry = (path: string, type: ArchiveEntry["type"] = "file") => ({ path, type, bytes: 1, modifiedAt: 0 });

test("of a million files below a folder only its own names are kept", () => {
  const listed = new ListedFolder("srv");
  for (let at = 0; at < 1_000_000; at++) listed.add(entry(`srv/data/${at % 7}/${at}`));
  listed.add(entry("srv/notes"));
  listed.add(entry("srvother/notes"));
  expect(listed.entries()?.map(({ path, type }) => `${type} ${path}`)).toEqual(["folder srv/data", "file srv/notes"]);
});

test("a folder with too many names ends the list, an empty one is one, and a file is none", () => {
  const many = new ListedFolder("");
  expect(() => {
    for (let at = 0; at < 20_001; at++) many.add(entry(String(at)));
  }).toThrow(/more than 20,000 names/);
  const empty = new ListedFolder("srv");
  empty.add(entry("srv", "folder"));
  expect(empty.entries()).toEqual([]);
  const file = new ListedFolder("srv");
  file.add(entry("srv"));
  expect(file.entries()).toBeNull();
});
