import { createHash } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";
import type { Compression } from "@/lib/core/job";
import type { DumpEnd, JobIo } from "./contract";
import { RunError } from "./run-error";
import type { RunningTool, ToolEnd, ToolFilter } from "./tool-io";

/** The bytes that passed, counted and hashed. Complete when the stream has ended. */
export interface Measured {
  bytes: number;
  /** SHA-256 in hex. */
  sha256(): string;
}

/** Passes a stream through and measures it. */
export function measured(input: Readable): { stream: Readable; measure: Measured } {
  const hash = createHash("sha256");
  let digest: string | null = null;
  const measure: Measured = {
    bytes: 0,
    sha256: () => {
      digest ??= hash.digest("hex");
      return digest;
    },
  };
  const stream = fromChunks(
    (async function* () {
      for await (const chunk of input as AsyncIterable<Buffer>) {
        measure.bytes += chunk.byteLength;
        hash.update(chunk);
        yield chunk;
      }
    })(),
  );
  return { stream, measure };
}

/** Passes a stream through and counts its bytes: what is compressed after it carries a checksum of its own. */
export function counted(input: Readable): { stream: Readable; counter: { bytes: number } } {
  const counter = { bytes: 0 };
  const stream = fromChunks(
    (async function* () {
      for await (const chunk of input as AsyncIterable<Buffer>) {
        counter.bytes += chunk.byteLength;
        yield chunk;
      }
    })(),
  );
  return { stream, counter };
}

/** A tool's output that ends only when the tool has succeeded; otherwise the stream fails. @param check throws for a failure */
export function checkedOutput(tool: RunningTool, check: (end: ToolEnd) => void): Readable {
  return fromChunks(
    (async function* () {
      try {
        yield* tool.stdout as AsyncIterable<Buffer>;
      } catch (error) {
        await tool.ended;
        throw error;
      }
      check(await tool.ended);
    })(),
  );
}

/** A dump as one stream: it fails where the tool behind it failed, even after its last byte. */
export function dumpStream(stream: Readable, ended: Promise<DumpEnd>, onEnd: (end: DumpEnd) => void): Readable {
  return fromChunks(
    (async function* () {
      try {
        yield* stream as AsyncIterable<Buffer>;
      } catch (error) {
        await ended;
        throw error;
      }
      onEnd(await ended);
    })(),
  );
}

/** gzip in this process (on zlib's threads), zstd by its tool. */
export function compressed(kind: Compression, input: Readable, io: JobIo): Readable {
  if (kind === "none") return input;
  if (kind === "gzip") return piped(input, createGzip({ level: 6, chunkSize: 64 * 1024 }));
  return checkedOutput(io.tools.start("zstd", ["-q", "-c"], { stdin: input }), assertZstdSucceeded);
}

export function decompressed(kind: Compression, input: Readable, io: JobIo): Readable {
  if (kind === "none") return input;
  if (kind === "gzip") return piped(input, createGunzip({ chunkSize: 64 * 1024 }));
  return checkedOutput(io.tools.start("zstd", ["-q", "-d", "-c"], { stdin: input }), assertZstdSucceeded);
}

/** The tool that decompresses; null: there is nothing to decompress. */
export function decompressor(kind: Compression): ToolFilter | null {
  return kind === "none" ? null : { tool: kind, args: ["-q", "-d", "-c"] };
}

function piped(input: Readable, through: ReturnType<typeof createGzip>): Readable {
  // An error of the input reaches the reader through the output.
  pipeline(input, through, () => undefined);
  return through;
}

function assertZstdSucceeded({ code, stderr }: ToolEnd): void {
  if (code !== 0) throw new RunError(`zstd failed: ${stderr || `exit code ${code}`}`);
}

/** Reads to the end. */
export async function drain(input: Readable, signal: AbortSignal): Promise<void> {
  for await (const _ of input) signal.throwIfAborted();
}

function fromChunks(chunks: AsyncIterable<Buffer>): Readable {
  return Readable.from(chunks, { objectMode: false, highWaterMark: 256 * 1024 });
}
