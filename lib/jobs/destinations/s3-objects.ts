import type { StoredFile } from "../contract";
import type { S3 } from "./s3-client";
import { objectKey, rootKey, type S3Config } from "./s3-config";
import { isMissing, isUnsupported } from "./s3-error";
import { plainEtag } from "./s3-upload";

/** What `list` adds to the name of an object whose upload has not ended: it is none yet. */
export const UNFINISHED_UPLOAD = ".part";

/** The objects of a folder, and the uploads there that have not ended, as `<name>.part`. */
export async function objectsIn(s3: S3, config: S3Config, folder: string): Promise<StoredFile[]> {
  const root = rootKey(config);
  const found: StoredFile[] = [];
  for await (const { key, bytes } of objectsBelow(s3, config, `${objectKey(config, folder)}/`, "/"))
    found.push({ path: key.slice(root.length), bytes });
  for (const { key } of await unfinishedUploads(s3, config, `${objectKey(config, folder)}/`))
    found.push({ path: `${key.slice(root.length)}${UNFINISHED_UPLOAD}`, bytes: 0 });
  return found.sort((one, other) => (one.path < other.path ? -1 : 1));
}

/** The objects right below a prefix that ends with a slash, with their ETags. */
export async function objectsRightBelow(
  s3: S3,
  config: S3Config,
  prefix: string,
): Promise<{ name: string; bytes: number; mark: string }[]> {
  const found: { name: string; bytes: number; mark: string }[] = [];
  for await (const { key, bytes, etag } of objectsBelow(s3, config, prefix, "/"))
    found.push({ name: key.slice(prefix.length), bytes, mark: etag });
  return found;
}

/** The bytes of all objects below the prefix. */
export async function bytesBelow(s3: S3, config: S3Config): Promise<number> {
  let bytes = 0;
  for await (const one of objectsBelow(s3, config, rootKey(config))) bytes += one.bytes;
  return bytes;
}

async function* objectsBelow(
  { client, commands }: S3,
  { bucket }: S3Config,
  prefix: string,
  delimiter?: string,
): AsyncGenerator<{ key: string; bytes: number; etag: string }> {
  let token: string | undefined;
  do {
    const page = await client.send(
      new commands.ListObjectsV2Command({
        Bucket: bucket,
        Prefix: prefix,
        ...(delimiter && { Delimiter: delimiter }),
        ...(token && { ContinuationToken: token }),
      }),
    );
    for (const { Key, Size, ETag = "" } of page.Contents ?? [])
      if (Key) yield { key: Key, bytes: Size ?? 0, etag: plainEtag(ETag) };
    token = page.IsTruncated ? page.NextContinuationToken : undefined;
  } while (token);
}

interface UnfinishedUpload {
  key: string;
  id: string;
}

/** Uploads that were begun and neither completed nor aborted: their parts take space. A service that cannot list them has none. */
async function unfinishedUploads(
  { client, commands }: S3,
  { bucket }: S3Config,
  prefix: string,
): Promise<UnfinishedUpload[]> {
  const found: UnfinishedUpload[] = [];
  let marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined = {};
  try {
    while (marker) {
      const page: import("@aws-sdk/client-s3").ListMultipartUploadsCommandOutput = await client.send(
        new commands.ListMultipartUploadsCommand({ Bucket: bucket, Prefix: prefix, ...marker }),
      );
      for (const { Key, UploadId } of page.Uploads ?? []) if (Key && UploadId) found.push({ key: Key, id: UploadId });
      marker = page.IsTruncated
        ? { KeyMarker: page.NextKeyMarker, UploadIdMarker: page.NextUploadIdMarker }
        : undefined;
    }
  } catch (error) {
    if (!isUnsupported(error)) throw error;
  }
  return found;
}

/** Aborts every upload of one object. @returns whether there was one */
export async function abortUploads(s3: S3, config: S3Config, key: string): Promise<boolean> {
  const uploads = (await unfinishedUploads(s3, config, key)).filter((one) => one.key === key);
  for (const { id } of uploads) await abortUpload(s3, config, key, id);
  return uploads.length > 0;
}

/** Aborts every upload below a prefix. @returns how many */
export async function abortUploadsBelow(s3: S3, config: S3Config, prefix: string): Promise<number> {
  const uploads = await unfinishedUploads(s3, config, prefix);
  for (const { key, id } of uploads) await abortUpload(s3, config, key, id);
  return uploads.length;
}

/** Aborts one upload; one that is over already is left as it is. */
export async function abortUpload(
  { client, commands }: S3,
  { bucket }: S3Config,
  key: string,
  id: string,
): Promise<void> {
  const input = { Bucket: bucket, Key: key, UploadId: id };
  await client.send(new commands.AbortMultipartUploadCommand(input)).catch((error: unknown) => {
    if (!isMissing(error) && !isUnsupported(error)) throw error;
  });
}

/** @returns its bytes; null when there is none */
export async function sizeOf({ client, commands }: S3, { bucket }: S3Config, key: string): Promise<number | null> {
  const head = await client
    .send(new commands.HeadObjectCommand({ Bucket: bucket, Key: key }))
    .catch((error: unknown) => {
      if (isMissing(error)) return null;
      throw error;
    });
  return head && (head.ContentLength ?? 0);
}

/** @returns false when there was none */
export async function removeObject(s3: S3, config: S3Config, key: string): Promise<boolean> {
  if ((await sizeOf(s3, config, key)) === null) return false;
  await s3.client.send(new s3.commands.DeleteObjectCommand({ Bucket: config.bucket, Key: key }));
  return true;
}
