import { createHash } from "node:crypto";
import type { DestinationTree, TreeUpload } from "../contract";
import { RunError } from "../run-error";
import { openS3, type S3, withS3 } from "./s3-client";
import { objectKey, type S3Config } from "./s3-config";
import { s3Error } from "./s3-error";
import { abortUpload, abortUploadsBelow, objectsRightBelow, removeObject } from "./s3-objects";
import { EtagHash, S3Upload } from "./s3-upload";

const MIB = 1024 * 1024;
/** How long aborting an upload may take, milliseconds. */
const ABORT_MS = 2_000;

/** Everything below a prefix of a bucket, by one client. An object is proven by its ETag; where that is none of MD5, it is read again. */
export async function openS3Tree(config: S3Config, folder: string, signal: AbortSignal): Promise<DestinationTree> {
  const s3 = await openS3(config, signal);
  const keyOf = (path: string) => objectKey(config, `${folder}/${path}`);
  const orSentence = async <T>(what: string, work: Promise<T>): Promise<T> =>
    await work.catch((error: unknown) => {
      signal.throwIfAborted();
      throw s3Error(error, config, what);
    });
  return {
    list: (path) => orSentence(`The list of ${path || folder}`, objectsRightBelow(s3, config, `${keyOf(path)}/`)),
    create: async (path) => treeUpload(s3, config, new S3Upload(s3, config, keyOf(path))),
    remove: (path) => orSentence(`The file ${path}`, removeObject(s3, config, keyOf(path))),
    tidy: () => orSentence("The look for unfinished uploads", abortUploadsBelow(s3, config, `${keyOf("")}/`)),
    close: async () => s3.client.destroy(),
  };
}

function treeUpload(s3: S3, config: S3Config, upload: S3Upload): TreeUpload {
  const expected = new EtagHash(config.partSizeMiB * MIB);
  return {
    async write(chunk) {
      expected.update(chunk);
      await upload.write(chunk);
    },
    async finish(sha256) {
      const etag = await upload.complete();
      if (etag === "" || etag !== expected.etag()) await requireSame(s3, config, upload, sha256);
      return { bytes: upload.bytes, mark: etag };
    },
    async discard() {
      upload.stop();
      const { uploadId, key } = upload;
      if (uploadId === undefined) return;
      // The run's own client ends with the run.
      await withS3(config, AbortSignal.timeout(ABORT_MS), (late) => abortUpload(late, config, key, uploadId)).catch(
        () => undefined,
      );
    },
  };
}

/** Reads an object again. One that is not what was written is removed. @throws RunError */
async function requireSame(s3: S3, config: S3Config, upload: S3Upload, sha256: string): Promise<void> {
  const { client, commands } = s3;
  const hash = createHash("sha256");
  try {
    const { Body } = await client.send(new commands.GetObjectCommand({ Bucket: config.bucket, Key: upload.key }));
    for await (const chunk of Body as AsyncIterable<Buffer>) hash.update(chunk);
  } catch (error) {
    throw upload.reason(error);
  }
  if (hash.digest("hex") === sha256) return;
  await removeObject(s3, config, upload.key).catch(() => undefined);
  throw new RunError(`${upload.key} was read again after its upload, and is not what was sent. It was removed.`, {
    advice: "Something between this machine and the service changes what is sent, or the service loses data.",
  });
}
