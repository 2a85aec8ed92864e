import { describe, expect, test } from "vitest";
import { judgePlace } from "./judge-place";
import type { OwnPlaces, PlaceUse } from "./own-places";

/** An installation in /srv/belfry with its data in the checkout, as the defaults make it. */
const OWN: OwnPlaces = {
  places: [
    { path: "/srv/belfry/data", id: "1:20", what: "Belfry's own data folder" },
    { path: "/proc", id: null, what: "a folder of the system itself" },
    { path: "/etc/belfry/commands.json", id: "1:40", what: "the list of commands" },
    { path: "/srv/belfry", id: "1:10", what: "the folder of Belfry's program" },
    { path: "/mnt/again", id: "1:20", what: "Belfry's own data folder" },
  ],
  readOnly: [{ path: "/etc/borgmatic", id: "1:50", what: "a folder of configurations" }],
  files: new Map([["1:21", "Belfry's own data folder"]]),
  hasHardLinks: false,
  open: {
    read: [{ path: "/srv/belfry/data/demo", id: "1:33" }],
    store: [{ path: "/srv/belfry/data/backups", id: "1:31" }],
    restore: [{ path: "/srv/belfry/data/restores", id: "1:30" }],
    write: [],
  },
  mounts: [],
};

const judge = (use: PlaceUse, path: string, more: { paths?: string[]; ids?: string[]; isFile?: boolean } = {}) =>
  judgePlace(use, { shown: path, paths: [path], ids: [], isFile: false, ...more }, OWN);

describe("fault E4: what is Belfry's own is out of reach", () => {
  const USES: PlaceUse[] = ["read", "store", "restore", "write"];
  const OUT = [
    "/srv/belfry/data",
    "/srv/belfry/data/secret.key",
    "/srv/belfry/data/work/run_1",
    "/srv/belfry/data/restores-not",
    "/srv/belfry",
    "/srv/belfry/dist/server.mjs",
    "/srv/belfry/node_modules/x",
    "/srv/belfry/.env",
    "/etc/belfry/commands.json",
    "/mnt/again/secret.key",
    "/proc/self/environ",
  ];
  test.each(USES.flatMap((use) => OUT.map((path) => [use, path] as const)))("%s %s", (use, path) => {
    expect(judge(use, path)).toContain(`${path} cannot be used here: it `);
  });

  test("what decides what Belfry starts may be read and nothing else", () => {
    expect(judge("read", "/etc/borgmatic/config.yaml")).toBeNull();
    for (const use of USES.filter((one) => one !== "read")) {
      expect(judge(use, "/etc/borgmatic/config.yaml")).toContain("it lies in a folder of configurations");
      expect(judge(use, "/bind", { ids: ["1:50"] })).toContain("it is a folder of configurations");
    }
  });

  test("what only looks like it is not", () => {
    for (const use of USES)
      for (const path of ["/srv/belfry2", "/srv", "/etc/belfry", "/procs", "/srv/belfry.bak/data", "/"])
        expect([use, path, judge(use, path)]).toEqual([use, path, null]);
  });

  test("each folder that is made for people's files is open for its own use alone", () => {
    const folders = { read: "demo", store: "backups", restore: "restores" } as const;
    for (const [use, name] of Object.entries(folders)) {
      for (const other of ["read", "store", "restore"] as const) {
        const refusal = judge(other, `/srv/belfry/data/${name}/x`);
        if (other === use) expect(refusal).toBeNull();
        else expect(refusal).toContain("Belfry's own data folder");
      }
    }
  });

  test("an open folder that is yet to be made is open as well", () => {
    expect(judge("store", "/srv/belfry/data/backups", { ids: ["1:20", "1:10"] })).toBeNull();
    expect(judge("restore", "/srv/belfry/data/backups", { ids: ["1:20", "1:10"] })).not.toBeNull();
  });

  test("by identity: another case, a mount, a hard link", () => {
    expect(judge("read", "/mnt/DATA/x", { ids: ["1:99", "1:20", "1:2"] })).toContain(
      "lies in Belfry's own data folder",
    );
    expect(judge("read", "/mnt/DATA", { ids: ["1:20", "1:2"] })).toContain("is Belfry's own data folder (/srv");
    expect(judge("restore", "/mnt/RESTORES/x", { ids: ["1:30", "1:20"] })).toBeNull();
    expect(judge("read", "/home/a/notes", { ids: ["1:21", "1:5"], isFile: true })).toContain(
      "is Belfry's own data folder",
    );
    expect(judge("restore", "/srv/belfry/data/restores/x", { ids: ["1:21"], isFile: true })).not.toBeNull();
  });

  test("through a bind mount within an open folder", () => {
    const seen = { paths: ["/srv/belfry/data/restores/m/x", "/srv/belfry/data/work/x"] };
    expect(judge("restore", "/srv/belfry/data/restores/m/x", seen)).toContain("Belfry's own data folder");
  });
});
