import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { z } from "zod";
import type { FieldMeta } from "@/lib/core/form-field";
import { setRuntimeValue } from "@/lib/core/runtime";
import { allDestinations, allSources } from "../registry";
import { type TestIo, testIo } from "../testing/io";
import { declaredPlaces } from "./declared-places";

/** Fields that name no place on this machine: the path of an SFTP destination is the server's. A new field stands here, or declares its place. */
const NO_PLACES = [
  "borgmatic.actions",
  "borgmatic.passphrase",
  "directory.exclude",
  "postgres.database",
  "postgres.password",
  "postgres.port",
  "postgres.user",
  "postgres.verifyServer",
  "s3.accessKeyId",
  "s3.bucket",
  "s3.checksums",
  "s3.endpoint",
  "s3.partSizeMiB",
  "s3.pathStyle",
  "s3.prefix",
  "s3.quotaGiB",
  "s3.region",
  "s3.secretAccessKey",
  "sftp.host",
  "sftp.hostKey",
  "sftp.passphrase",
  "sftp.password",
  "sftp.path",
  "sftp.port",
  "sftp.privateKey",
  "sftp.user",
];

const kinds = [...allSources(), ...allDestinations()];
const withPath = <K extends (typeof kinds)[number]>(list: readonly K[]) =>
  list.filter((kind) => declaredPlaces(kind, kind.example).some((place) => place.kind === "path"));

let io: TestIo;
let dataDir = "";
beforeAll(() => {
  io = testIo();
  dataDir = mkdtempSync(join(tmpdir(), "belfry-own-"));
  setRuntimeValue("dataDir", dataDir);
});
afterAll(() => {
  setRuntimeValue("dataDir", undefined);
  rmSync(dataDir, { recursive: true, force: true });
  io.remove();
});

test("fault E4: every field of every source and destination declares the place that it names", () => {
  const undeclared = kinds.flatMap(({ id, configSchema }) =>
    Object.entries(configSchema.shape as Record<string, z.ZodType>)
      .filter(([, schema]) => !(schema.meta() as FieldMeta | undefined)?.place)
      .map(([name]) => `${id}.${name}`),
  );
  expect(undeclared.sort()).toEqual(NO_PLACES);
});

test("a text that may name several hosts names each folder of a socket", () => {
  const postgres = allSources().find(({ id }) => id === "postgres");
  const host = "db.example,/run/a,/run/b";
  expect(postgres && declaredPlaces(postgres, { host })).toEqual([
    { field: "host", kind: "socket", path: "/run/a" },
    { field: "host", kind: "socket", path: "/run/b" },
  ]);
  expect(postgres?.localPaths({ host })).toEqual([]);
});

describe.each(["/proc/self", "/dev/shm", "/sys", "the data folder"])("fault E4: %s is refused", (where) => {
  const pathOf = () => (where.startsWith("/") ? where : join(dataDir, "x"));
  const refused = { message: expect.stringContaining("cannot be used here") };
  const configOf = (kind: (typeof kinds)[number]) => {
    const config = { ...(kind.example as Record<string, unknown>) };
    for (const { field } of declaredPlaces(kind, config)) config[field] = pathOf();
    return kind.parse(config);
  };

  test.each(withPath(allSources()).map((kind) => [kind.id, kind] as const))(
    "by every operation of %s",
    async (_, kind) => {
      const config = configOf(kind);
      await expect(kind.test(config, io)).rejects.toMatchObject(refused);
      await expect(kind.preflight(config, io)).rejects.toMatchObject(refused);
      const use = kind.backUp ? kind.backUp(config, io) : kind.dump(config, io, []);
      await expect(use).rejects.toMatchObject(refused);
    },
  );

  test.each(withPath(allDestinations()).map((kind) => [kind.id, kind] as const))(
    "by every operation of %s",
    async (_, kind) => {
      const config = configOf(kind);
      const operations = {
        prepare: () => kind.prepare(config, io, true),
        look: () => kind.prepare(config, io, false),
        // The others meet the folder only where it exists.
        ...(where.startsWith("/") && {
          test: () => kind.test(config, io),
          preflight: () => kind.preflight(config, null, io),
          create: () => kind.create(config, "a/b", io),
          read: () => kind.read(config, "a/b", io),
          remove: () => kind.remove(config, "a/b", io),
          list: () => kind.list(config, "a", io),
          measure: () => kind.measure(config, io),
        }),
      };
      for (const [name, work] of Object.entries(operations)) await expect(work(), name).rejects.toMatchObject(refused);
      expect(readdirSync(dataDir)).toEqual([]);
    },
  );
});
