import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { PROGRAM } from "@/e2e/support/program";

interface SqliteNative {
  canLoadSqlite(folder: string, node?: string): boolean;
  abortsOnCollection(folder: string): boolean;
  headersOf(node: string): { folder: string; remove(): void } | null;
}
const native = (await import("./sqlite-native.mjs" as string)) as SqliteNative;
const HEADER = "include/node/node_object_wrap.h";

/** The part of Node 24.19's header that matters. */
const HOOKED = `class ObjectWrap {
  ObjectWrap() {
    refs_ = 0;
    AddCleanupHook();
  }
  virtual ~ObjectWrap() {
    RemoveCleanupHook();
    if (persistent().IsEmpty())
      return;
  }
  void RemoveCleanupHook() {
    RemoveEnvironmentCleanupHook(v8::Isolate::GetCurrent(), CleanupHook, this);
  }
};
`;

test("fault E15: the installed SQLite package is one that this Node loads and that does not abort it", () => {
  expect(native.canLoadSqlite(PROGRAM.folder, PROGRAM.node)).toBe(true);
  expect(native.abortsOnCollection(PROGRAM.folder)).toBe(false);
});

test("fault E15: it is compiled with headers without the hooks that abort Node 24; others are taken as they are", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-node-"));
  const node = path.join(folder, "bin/node");
  try {
    expect(native.headersOf(node)).toBeNull();
    mkdirSync(path.join(folder, "include/node"), { recursive: true });
    writeFileSync(path.join(folder, "include/node/node.h"), "");
    writeFileSync(path.join(folder, HEADER), HOOKED);
    const headers = native.headersOf(node);
    const text = readFileSync(path.join(headers?.folder ?? "", HEADER), "utf8");
    expect(text).not.toMatch(/^ +(Add|Remove)CleanupHook\(\);$/m);
    expect(text).toContain("if (persistent().IsEmpty())");
    expect(readFileSync(path.join(folder, HEADER), "utf8")).toBe(HOOKED);
    headers?.remove();
    writeFileSync(path.join(folder, HEADER), text.replace(/^.*RemoveEnvironmentCleanupHook.*$/m, ""));
    expect(native.headersOf(node)?.folder).toBe(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a package that was compiled with the hooks is recognised by what it asks of Node", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "belfry-native-"));
  const file = path.join("node_modules/better-sqlite3/build/Release/better_sqlite3.node");
  try {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    copyFileSync(path.join(PROGRAM.folder, file), path.join(folder, file));
    expect(native.abortsOnCollection(folder)).toBe(false);
    writeFileSync(path.join(folder, file), "_ZN4node28RemoveEnvironmentCleanupHookEPN2v87IsolateEPFvPvES3_");
    expect(native.abortsOnCollection(folder)).toBe(true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
