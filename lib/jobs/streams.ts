import { createHash } from "node:crypto";
import { pipeline, Readable } from "node:stream";
import { createGunzip, createGzip } from "node:zlib";
import type { Compression } from "@/lib/core/job";
import type { Dump, DumpEnd, JobIo } from "./contract";
import { RunError } from "./run-error";
import type { RunningTool, ToolEnd, ToolFilter } from "./tool-io";

/** What a stream consists of. */
export interface Measured {
  bytes: number;
  /** SHA-256 in hex. */
  sha256: string;
}

/** Reads a stream to its end, and measures it. */
export async function readMeasured(input: Readable, signal: AbortSignal): Promise<Measured> {
  const hash = createHash("sha256");
  let bytes = 0;
  for await (const chunk of input as AsyncIterable<Buffer>) {
    signal.throwIfAborted();
    bytes += chunk.byteLength;
    hash.update(chunk);
  }
  return { bytes, sha256: hash.digest("hex") };
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

/** What came of a dump. Complete when its chunks have ended. */
export interface DumpAccount extends DumpEnd {
  bytes: number;
}

/** The chunks of a dump: they fail where the tool behind them failed, even after the last one. @param account filled */
export async function* dumpChunks({ stream, ended }: Dump, account: DumpAccount): AsyncGenerator<Buffer> {
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      account.bytes += chunk.byteLength;
      yield chunk;
    }
  } catch (error) {
    await ended;
    throw error;
  }
  account.warnings.push(...(await ended).warnings);
}

/** gzip in this process (on zlib's threads), zstd by its tool. */
export function compressed(kind: Compression, input: AsyncIterable<Buffer>, io: JobIo): AsyncIterable<Buffer> {
  if (kind === "none") return input;
  const stdin = fromChunks(input);
  if (kind === "gzip") return piped(stdin, createGzip({ level: 6, chunkSize: 64 * 1024 }));
  return checkedOutput(io.tools.start("zstd", ["-q", "-c"], { stdin }), assertZstdSucceeded);
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
