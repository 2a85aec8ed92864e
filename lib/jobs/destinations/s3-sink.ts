import type { Sink } from "../contract";
import { RunError } from "../run-error";
import { openS3, type S3, withS3 } from "./s3-client";
import type { S3Config } from "./s3-config";
import { abortUpload, abortUploads, removeObject, sizeOf } from "./s3-objects";
import { S3Upload } from "./s3-upload";

/** How long removing what was written may take, milliseconds. */
const REMOVE_MS = 2_000;

/**
 * Opens a new object, uploaded in parts. It exists only once it is complete: what fails before leaves parts at most,
 * which are aborted.
 * @param key its whole name
 */
export async function openS3Sink(config: S3Config, key: string, signal: AbortSignal): Promise<Sink> {
  const s3 = await openS3(config, signal);
  return new S3Sink(config, s3, new S3Upload(s3, config, key));
}

class S3Sink implements Sink {
  constructor(
    private readonly config: S3Config,
    private readonly s3: S3,
    private readonly upload: S3Upload,
  ) {}

  write(chunk: Uint8Array): Promise<void> | undefined {
    return this.upload.write(chunk);
  }

  async finish(): Promise<void> {
    const { upload, s3 } = this;
    await upload.complete();
    const stored = await sizeOf(s3, this.config, upload.key).catch((error: unknown) => {
      throw upload.reason(error);
    });
    s3.client.destroy();
    if (stored !== upload.bytes)
      throw new RunError(`The upload of ${upload.key} has ${stored ?? 0} of ${upload.bytes} bytes there.`);
  }

  async discard(): Promise<void> {
    const { upload, config } = this;
    upload.stop();
    this.s3.client.destroy();
    await withS3(config, AbortSignal.timeout(REMOVE_MS), async (s3) => {
      const { uploadId, key } = upload;
      // One that cannot list uploads can still abort the one that is known.
      if (uploadId) await abortUpload(s3, config, key, uploadId);
      else await abortUploads(s3, config, key);
      await removeObject(s3, config, key);
    }).catch(() => undefined);
  }
}
