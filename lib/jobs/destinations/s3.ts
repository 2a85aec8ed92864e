import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { formatBytes } from "@/lib/core/format-units";
import type { StorageFigures } from "@/lib/core/storage";
import { defineDestination, type EndpointIo } from "../contract";
import { RunError, type RunErrorKind, startError } from "../run-error";
import { openS3, type S3, withS3 } from "./s3-client";
import { objectKey, placeName, rootKey, type S3Config, s3Config } from "./s3-config";
import { foreignAnswer, s3Error } from "./s3-error";
import { abortUploads, bytesBelow, objectsIn, removeObject, UNFINISHED_UPLOAD } from "./s3-objects";
import { openS3Sink } from "./s3-sink";
import { openS3Tree } from "./s3-tree";

const ICON =
  "M12 2c5 0 9 1.3 9 3l-2.2 14.2c-.3 1.6-3.3 2.8-6.8 2.8s-6.500-1.200-6.800-2.800L3 5c0-1.700 4-3 9-3zm0 2C8.300 4 6 4.700 5.400 5 6 5.300 8.300 6 12 6s6-.7 6.600-1C18 4.700 15.700 4 12 4zM5.400 7.300l.5 3.200c3.500-1 8.700-1 12.200 0l.5-3.200c-3.600 1-9.600 1-13.200 0z";

const GIB = 1024 ** 3;

/** A bucket of Amazon S3, or of any service that speaks its language. Objects exist only when they are complete. */
export const s3 = defineDestination({
  id: "s3",
  label: "S3",
  tagline: "A bucket of object storage",
  aliases: ["Amazon", "AWS", "MinIO", "Ceph", "Garage", "Wasabi", "Backblaze B2", "R2", "object storage"],
  icon: { path: ICON },
  config: s3Config,
  example: {
    endpoint: "https://s3.example",
    region: "eu-central-1",
    bucket: "backups",
    prefix: "belfry",
    accessKeyId: "AKIAEXAMPLE012345678",
    secretAccessKey: "exampleSecretOfAnAccessKey/0123456789abc",
  },
  packages: {},
  summary: (config) => placeName(config),

  prepare: (config, io) => lookAtBucket(config, io),

  async test(config, io) {
    const free = await probe(config, io);
    const left = free === null ? "." : `: ${formatBytes(free)} of its quota are free.`;
    return { message: `${placeName(config)} can be written to${left}` };
  },

  async preflight(config, neededBytes, io) {
    const free = await probe(config, io);
    if (free === null || neededBytes === null || free >= neededBytes) return;
    throw startError(
      `The quota of ${placeName(config)} has too little left: ${formatBytes(free)}, and about ${formatBytes(neededBytes)} are needed.`,
      "Free some space there, keep fewer backups, or raise the quota in the settings of the destination.",
    );
  },

  create: async (config, path, io) => await openS3Sink(config, inside(config, path), io.signal),

  async read(config, path, io) {
    const key = inside(config, path);
    const opened = await openS3(config, io.signal);
    const failed = (error: unknown) => s3Error(error, config, `The backup ${key}`);
    try {
      const { Body } = await opened.client.send(
        new opened.commands.GetObjectCommand({ Bucket: config.bucket, Key: key }),
      );
      return Readable.from(untilEnd(Body as AsyncIterable<Buffer>, opened, failed), { objectMode: false });
    } catch (error) {
      opened.client.destroy();
      throw failed(error);
    }
  },

  async remove(config, path, io) {
    const key = inside(config, path);
    return await inBucket(config, io, `The backup ${key}`, "failed", async (opened) =>
      path.endsWith(UNFINISHED_UPLOAD)
        ? await abortUploads(opened, config, key.slice(0, -UNFINISHED_UPLOAD.length))
        : await removeObject(opened, config, key),
    );
  },

  list: (config, folder, io) =>
    inBucket(config, io, `The list of ${folder}`, "failed", (opened) => objectsIn(opened, config, folder)),

  openTree: (config, folder, io) => openS3Tree(config, folder, io.signal),

  reach: (config, io) => lookAtBucket(config, io),

  async measure(config, io) {
    if (config.quotaGiB === undefined) return null;
    return await inBucket(config, io, "The measuring", "cannot_start", (opened) => figuresOf(opened, config));
  },
});

function lookAtBucket(config: S3Config, io: Pick<EndpointIo, "signal">): Promise<void> {
  return inBucket(config, io, "The look at the bucket", "cannot_start", async ({ client, commands }) => {
    await client.send(
      new commands.ListObjectsV2Command({ Bucket: config.bucket, Prefix: rootKey(config), MaxKeys: 1 }),
    );
  });
}

async function inBucket<T>(
  config: S3Config,
  io: Pick<EndpointIo, "signal">,
  what: string,
  kind: RunErrorKind,
  work: (opened: S3) => Promise<T>,
): Promise<T> {
  return await withS3(config, io.signal, work).catch((error: unknown) => {
    io.signal.throwIfAborted();
    throw s3Error(error, config, what, kind);
  });
}

async function* untilEnd(
  body: AsyncIterable<Buffer>,
  { client }: S3,
  failed: (error: unknown) => Error,
): AsyncGenerator<Buffer> {
  try {
    yield* body;
  } catch (error) {
    throw failed(error);
  } finally {
    client.destroy();
  }
}

/** Writes, reads and removes a small object. @returns free bytes; null: there is no quota */
async function probe(config: S3Config, io: Pick<EndpointIo, "signal">): Promise<number | null> {
  const Key = objectKey(config, `.belfry-probe-${randomBytes(6).toString("hex")}`);
  const at = { Bucket: config.bucket, Key };
  const text = "A write test of Belfry.\n";
  return await inBucket(config, io, "A write test", "cannot_start", async (opened) => {
    const { client, commands } = opened;
    await client.send(new commands.PutObjectCommand({ ...at, Body: text }));
    const { Body } = await client.send(new commands.GetObjectCommand(at));
    const got = await Body?.transformToString();
    await client.send(new commands.DeleteObjectCommand(at));
    if (got !== text) throw foreignAnswer(config, { kind: "cannot_start" });
    return (await figuresOf(opened, config))?.freeBytes ?? null;
  });
}

/** What is listed, held against the quota; null: there is none. */
async function figuresOf(opened: S3, config: S3Config): Promise<StorageFigures | null> {
  if (config.quotaGiB === undefined) return null;
  const usedBytes = await bytesBelow(opened, config);
  return { usedBytes, freeBytes: Math.max(0, Math.floor(config.quotaGiB * GIB) - usedBytes) };
}

function inside(config: S3Config, path: string): string {
  if (path.split("/").includes("..")) throw new RunError(`${path} leads out of ${placeName(config)}.`);
  return objectKey(config, path);
}
