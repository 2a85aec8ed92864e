import { createHash } from "node:crypto";
import type { CompletedPart } from "@aws-sdk/client-s3";
import { RunError } from "../run-error";
import type { S3 } from "./s3-client";
import type { S3Config } from "./s3-config";
import { s3Error } from "./s3-error";
import { S3Part } from "./s3-part";

/** Parts under way at a time; one more is being filled. */
const PARTS_AT_ONCE = 2;
const MOST_PARTS = 10_000;
const MIB = 1024 * 1024;

/** An object being uploaded, in parts where it has more than one, by a client that is its caller's. It exists only once it is complete. */
export class S3Upload {
  bytes = 0;
  /** The id of its parts; undefined where it has none. */
  uploadId: string | undefined;
  private part: S3Part;
  /** Those that arrived, to be filled anew: memory that was given back would have to be collected first. */
  private readonly free: S3Part[] = [];
  private readonly underWay = new Set<Promise<void>>();
  private readonly arrived: CompletedPart[] = [];
  private sent = 0;
  private failure: { error: unknown } | null = null;
  private readonly stopping = new AbortController();
  private readonly options: { abortSignal: AbortSignal };

  /** @param key its whole name */
  constructor(
    private readonly s3: S3,
    private readonly config: S3Config,
    readonly key: string,
  ) {
    this.part = new S3Part(config.partSizeMiB * MIB);
    this.options = { abortSignal: AbortSignal.any([s3.signal, this.stopping.signal]) };
  }

  /** Takes bytes, which are the caller's again at once. @returns what to wait for before the next ones; undefined: nothing */
  write(chunk: Uint8Array): Promise<void> | undefined {
    this.bytes += chunk.byteLength;
    if (this.bytes > this.config.partSizeMiB * MIB * MOST_PARTS) return Promise.reject(this.tooLarge());
    if (this.failure) return Promise.reject(this.reason(this.failure.error));
    const taken = this.part.add(chunk);
    return taken === chunk.byteLength ? undefined : this.writeOn(chunk.subarray(taken));
  }

  /** Completes the object. @returns its ETag @throws RunError */
  async complete(): Promise<string> {
    try {
      return plainEtag((this.uploadId === undefined ? await this.putWhole() : await this.completeParts()) ?? "");
    } catch (error) {
      throw this.reason(error);
    }
  }

  /** Ends it where it is. What was sent stays as parts until they are aborted. */
  stop(): void {
    this.stopping.abort();
  }

  /** An error of the library as a sentence about this upload. */
  reason(error: unknown): RunError {
    return s3Error(error, this.config, `The upload of ${this.key}`);
  }

  private get place(): { Bucket: string; Key: string } {
    return { Bucket: this.config.bucket, Key: this.key };
  }

  /** A part is sent only when more follows: what fits into one is one request. */
  private async writeOn(rest: Uint8Array): Promise<void> {
    try {
      for (let at = 0; at < rest.byteLength; at += this.part.add(rest.subarray(at))) {
        this.uploadId ??= await this.begin();
        this.send(this.part);
        while (this.underWay.size >= PARTS_AT_ONCE) await Promise.race(this.underWay);
        if (this.failure) throw this.failure.error;
        this.part = this.free.pop() ?? new S3Part(this.config.partSizeMiB * MIB);
      }
    } catch (error) {
      throw this.reason(error);
    }
  }

  private async begin(): Promise<string | undefined> {
    const { client, commands } = this.s3;
    const checked = this.config.checksums && { ChecksumAlgorithm: commands.ChecksumAlgorithm.CRC32 };
    const { UploadId } = await client.send(
      new commands.CreateMultipartUploadCommand({ ...this.place, ...checked }),
      this.options,
    );
    return UploadId;
  }

  private send(part: S3Part): void {
    this.sent += 1;
    const sending = this.sendPart(part, this.sent)
      .catch((error: unknown) => {
        this.failure ??= { error };
      })
      .finally(() => this.underWay.delete(sending));
    this.underWay.add(sending);
  }

  private async sendPart(part: S3Part, PartNumber: number): Promise<void> {
    const { client, commands } = this.s3;
    const about = { ...this.place, UploadId: this.uploadId, PartNumber, Body: part.content };
    const { ETag, ChecksumCRC32 } = await client.send(new commands.UploadPartCommand(about), this.options);
    if (!ETag) throw new RunError(`The service did not say what it took as part ${PartNumber} of ${this.key}.`);
    this.arrived.push({ PartNumber, ETag, ...(ChecksumCRC32 && { ChecksumCRC32 }) });
    part.clear();
    this.free.push(part);
  }

  private async putWhole(): Promise<string | undefined> {
    const { client, commands } = this.s3;
    const command = new commands.PutObjectCommand({ ...this.place, Body: this.part.content });
    return (await client.send(command, this.options)).ETag;
  }

  private async completeParts(): Promise<string | undefined> {
    const { client, commands } = this.s3;
    this.send(this.part);
    await Promise.all(this.underWay);
    if (this.failure) throw this.failure.error;
    const Parts = this.arrived.sort((one, other) => (one.PartNumber ?? 0) - (other.PartNumber ?? 0));
    const about = { ...this.place, UploadId: this.uploadId, MultipartUpload: { Parts } };
    return (await client.send(new commands.CompleteMultipartUploadCommand(about), this.options)).ETag;
  }

  private tooLarge(): RunError {
    return new RunError(
      `${this.key} is larger than ${MOST_PARTS.toLocaleString("en-US")} parts of ${this.config.partSizeMiB} MiB.`,
      { advice: "Raise the part size under Advanced in the settings of the destination." },
    );
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
