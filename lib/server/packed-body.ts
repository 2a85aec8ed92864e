import type { IncomingMessage } from "node:http";
import { createGunzip, createInflate } from "node:zlib";

/** What a compressed body may become; of a longer one the rest is not looked at. */
const UNPACKED_BYTES = 64 * 1024 * 1024;

/** How a request's body is compressed, in lower case; `identity`: it is not. */
export function packingOf({ headers }: IncomingMessage): string {
  return headers["content-encoding"]?.trim().toLowerCase() || "identity";
}

/** Bodies that the receiver itself unpacks: one block of Snappy, as pushes to Loki are, cannot be unpacked piece by piece. */
const AS_THEY_COME: ReadonlySet<string> = new Set(["identity", "snappy"]);

const UNPACKERS = { gzip: createGunzip, "x-gzip": createGunzip, deflate: createInflate };

/** Whether `unpacked` takes that compression. */
export function isUnpackable(packing: string): packing is keyof typeof UNPACKERS | "identity" | "snappy" {
  return AS_THEY_COME.has(packing) || Object.hasOwn(UNPACKERS, packing);
}

/**
 * The pieces of a body as it was before it was compressed, in bounded memory.
 * @throws Error where it breaks off, is damaged, or becomes too long
 */
export async function* unpacked(
  stream: IncomingMessage,
  packing: keyof typeof UNPACKERS | "identity" | "snappy",
): AsyncGenerator<Buffer> {
  if (packing === "identity" || packing === "snappy") {
    yield* stream as AsyncIterable<Buffer>;
    return;
  }
  const unpacker = UNPACKERS[packing]();
  // Not a pipeline: that would end the connection with a damaged body, before the answer.
  stream.on("error", (error) => unpacker.destroy(error));
  stream.on("close", () => {
    if (!stream.readableEnded) unpacker.destroy(new Error("The body broke off."));
  });
  stream.pipe(unpacker);
  let length = 0;
  for await (const piece of unpacker as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > UNPACKED_BYTES) throw new Error("The body becomes too long.");
    yield piece;
  }
}
