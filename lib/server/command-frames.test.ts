import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { AppError } from "@/lib/core/errors";
import { fileOf, framesOf } from "./command-frames";

/** All that is sent for a file, in pieces of a size that the connection chooses. */
async function sent(file: Readable, size: number): Promise<Buffer[]> {
  const all = Buffer.concat(await Readable.from(framesOf(file, "test")).toArray());
  return Array.from({ length: Math.ceil(all.length / size) }, (_, n) => all.subarray(n * size, (n + 1) * size));
}
const received = async (pieces: Buffer[]) =>
  Buffer.concat(await Readable.from(fileOf(Readable.from(pieces))).toArray());

test.each([1, 3, 4, 5, 1_000])("a file arrives as it was sent, in pieces of %i bytes", async (size) => {
  for (const chunks of [["one", "", "two", "x".repeat(300)], [], [""]]) {
    const file = () => Readable.from(chunks.map((text) => Buffer.from(text)));
    expect((await received(await sent(file(), size))).toString()).toBe(chunks.join(""));
  }
});

test("what breaks off is a failure wherever it is cut, and never a shorter file", async () => {
  const pieces = await sent(Readable.from([Buffer.from("one"), Buffer.from("two")]), 1);
  for (let left = 0; left < pieces.length; left++)
    await expect(received(pieces.slice(0, left)), `${left} bytes`).rejects.toMatchObject({ code: "unavailable" });
});

test.each([1, 1_000])("what a file fails with is what its reader sees, in pieces of %i bytes", async (size) => {
  const failing = Readable.from(
    (async function* () {
      yield Buffer.from("one");
      throw new AppError("conflict", "The disk is gone.", { advice: "Mount it." });
    })(),
  );
  await expect(received(await sent(failing, size))).rejects.toMatchObject({
    code: "conflict",
    message: "The disk is gone.",
    details: { advice: "Mount it." },
  });
});

test("a connection that breaks is said in words", async () => {
  const broken = new Readable({ read() {} });
  broken.destroy(new Error("read ECONNRESET"));
  await expect(Readable.from(fileOf(broken)).toArray()).rejects.toMatchObject({
    code: "unavailable",
    message: "The connection to the running server broke: read ECONNRESET",
  });
});
