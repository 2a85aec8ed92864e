import { createHash } from "node:crypto";
import { PassThrough } from "node:stream";
import { RunError } from "../run-error";
import type { S3 } from "./s3-client";
import type { S3Config } from "./s3-config";
import { s3Error } from "./s3-error";

/** Parts under way at a time; one more is being filled. */
const PARTS_AT_ONCE = 2;
const MOST_PARTS = 10_000;
const MIB = 1024 * 1024;

interface RunningUpload {
  done(): Promise<{ ETag?: string }>;
  abort(): Promise<void>;
  uploadId?: string;
}

/** An object being uploaded in parts, by a client that is its caller's. It exists only once it is complete. */
export class S3Upload {
  bytes = 0;
  /** What the upload ended by. */
  private readonly ended: Promise<{ etag: string } | { error: unknown }>;

  private constructor(
    private readonly config: S3Config,
    readonly key: string,
    private readonly body: PassThrough,
    private readonly upload: RunningUpload,
  ) {
    // The library destroys it when a part fails; why is what the upload says.
    body.on("error", () => undefined);
    this.ended = upload.done().then(
      ({ ETag = "" }) => ({ etag: plainEtag(ETag) }),
      (error: unknown) => ({ error }),
    );
  }

  /** @param key its whole name */
  static async begin(s3: S3, config: S3Config, key: string): Promise<S3Upload> {
    const { Upload } = await import("@aws-sdk/lib-storage");
    const body = new PassThrough({ highWaterMark: MIB });
    const upload = new Upload({
      client: s3.client,
      params: { Bucket: config.bucket, Key: key, Body: body },
      partSize: config.partSizeMiB * MIB,
      queueSize: PARTS_AT_ONCE,
    });
    return new S3Upload(config, key, body, upload);
  }

  /** The id of its parts; undefined where it has none. */
  get uploadId(): string | undefined {
    return this.upload.uploadId;
  }

  /** @throws RunError */
  async write(chunk: Uint8Array): Promise<void> {
    this.bytes += chunk.byteLength;
    if (this.bytes > this.config.partSizeMiB * MIB * MOST_PARTS) {
      throw new RunError(
        `${this.key} is larger than ${MOST_PARTS.toLocaleString("en-US")} parts of ${this.config.partSizeMiB} MiB.`,
        { advice: "Raise the part size under Advanced in the settings of the destination." },
      );
    }
    if (!this.body.destroyed && this.body.write(chunk)) return;
    const drained = this.body.destroyed
      ? new Promise<never>(() => undefined)
      : new Promise<void>((resolve) => void this.body.once("drain", resolve));
    const early = await Promise.race([drained, this.ended]);
    if (early && "error" in early) throw this.reason(early.error);
  }

  /** Completes the object. @returns its ETag @throws RunError */
  async complete(): Promise<string> {
    this.body.end();
    const end = await this.ended;
    if ("error" in end) throw this.reason(end.error);
    return end.etag;
  }

  /** Ends it where it is. What was sent stays as parts until they are aborted. */
  stop(): void {
    this.body.destroy();
    void this.upload.abort();
  }

  /** An error of the library as a sentence about this upload. */
  reason(error: unknown): RunError {
    return s3Error(error, this.config, `The upload of ${this.key}`);
  }
}

/** An ETag without quotes, as lists and answers write it differently. */
export function plainEtag(etag: string): string {
  return etag.replace(/^W\//, "").replaceAll('"', "");
}

/**
 * The ETag that an object of these bytes has where the service makes it of MD5, as all do unless they encrypt with keys
 * of their own: https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html
 */
export class EtagHash {
  private hash = createHash("md5");
  private inPart = 0;
  private readonly parts: Buffer[] = [];

  constructor(private readonly partBytes: number) {}

  update(chunk: Uint8Array): void {
    let rest = chunk;
    while (rest.byteLength > 0) {
      if (this.inPart === this.partBytes) this.endPart();
      const piece = rest.subarray(0, this.partBytes - this.inPart);
      this.hash.update(piece);
      this.inPart += piece.byteLength;
      rest = rest.subarray(piece.byteLength);
    }
  }

  /** To be called once, at the end. */
  etag(): string {
    if (this.parts.length === 0) return this.hash.digest("hex");
    this.endPart();
    const whole = createHash("md5");
    for (const part of this.parts) whole.update(part);
    return `${whole.digest("hex")}-${this.parts.length}`;
  }

  private endPart(): void {
    this.parts.push(this.hash.digest());
    this.hash = createHash("md5");
    this.inPart = 0;
  }
}
