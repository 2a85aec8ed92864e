import { BinaryWriter } from "@bufbuild/protobuf/wire";
import { compress } from "snappyjs";
import { expect, test } from "vitest";
import { receive } from "./testing/receive";

/* Pushes as Promtail and Alloy make them: Protocol Buffers in one block of Snappy. */

/** Compressed by Google's own library: two streams, labels, a hash, and structured metadata of one line. */
const RECORDED = Buffer.from(
  "jwLgCvABCj97ZmlsZW5hbWU9Ii92YXIvbG9nL2JvcmdtYXRpYy5sb2ciLCBob3N0PSJ2bSIsIGpvYj0iFSCYIn0SHQoLCILOgdgGEOaQyyASDlN0YXJ0ZWQgYmFja3VwEh8KCwiDGR9cEENyZWF0aW5n" +
    "IGFyY2hpdmUSRAoLCITOFUDwPBxSZXBvc2l0b3J5IHggZG9lcyBub3QgZXhpc3QuGhcKDmRldGVjdGVkX2xldmVsEgVlcnJvchIcCgsIhc4VRhANRmFpbBWFmBiQ5NCyh9Ou7v4BChoKDXtqb2I9Im90" +
    "aGVyIn0YkOTQsofTru7+AQ==",
  "base64",
);
const PROTOBUF = { "content-type": "application/x-protobuf" };
const push = (body: Buffer | Uint8Array, headers: Record<string, string> = PROTOBUF) =>
  receive("POST /in/TOKEN/loki/loki/api/v1/push", { body: Buffer.from(body), headers });

/** One stream of a push. @param entries each a message of its own */
const stream = (entries: readonly Uint8Array[]) =>
  entries.reduce((writer, entry) => writer.uint32(18).bytes(entry), new BinaryWriter().uint32(10).string("{}"));
const pushed = (...entries: readonly Uint8Array[]) => pushOf(entries);
const pushOf = (entries: readonly Uint8Array[]) =>
  new BinaryWriter().uint32(10).bytes(stream(entries).finish()).finish();
const entry = (line: string, seconds: number, nanoseconds = 0) =>
  new BinaryWriter()
    .uint32(10)
    .bytes(new BinaryWriter().uint32(8).int64(seconds).uint32(16).int32(nanoseconds).finish())
    .uint32(18)
    .string(line)
    .finish();

test("a recorded push is a run with its times, its log and its reason, whatever its type says", () => {
  const read = {
    signals: [
      { state: "start", startedAt: 1_795_188_482_068 },
      { state: "log", log: "Creating archive\nRepository x does not exist." },
      {
        state: "failure",
        startedAt: 1_795_188_482_068,
        finishedAt: 1_795_188_485_068,
        message: "Repository x does not exist.",
      },
    ],
    answer: { status: 204, body: "" },
  };
  for (const type of ["application/x-protobuf", "application/protobuf; charset=x", "application/octet-stream", ""])
    expect(push(RECORDED, { "content-type": type }), type).toEqual(read);
});

test("JSON that calls itself Protocol Buffers is JSON; a push that begins with the byte of a brace is none", () => {
  const json = '{"streams":[{"stream":{},"values":[["1795188482000000000","Started backup"]]}]}';
  const start = { signals: [{ state: "start", startedAt: 1_795_188_482_000 }], answer: { status: 204, body: "" } };
  expect(push(Buffer.from(json))).toEqual(start);
  const bodies = Array.from({ length: 150 }, (_, length) => pushed(entry("x".repeat(length), 1)));
  const braced = bodies.find(({ length }) => length === "{".charCodeAt(0)) ?? new Uint8Array();
  expect(compress(braced)[0]).toBe("{".charCodeAt(0));
  for (const headers of [PROTOBUF, {}])
    expect(push(compress(braced), headers).signals).toMatchObject([{ state: "log" }]);
});

test("lines in other alphabets, without a time, before 1970 or after all dates are read", () => {
  const odd = [
    entry("жабы 🐸", 1),
    entry("", -5),
    new Uint8Array(),
    entry("Finished backup", Number.MAX_SAFE_INTEGER - 1, 5),
  ];
  expect(push(compress(pushed(...odd)))).toEqual({
    signals: [{ state: "log", log: "жабы 🐸\n\n" }, { state: "success" }],
    answer: { status: 204, body: "" },
  });
});

test("a bomb is refused by the length that it names, and by its lines, before anything is unpacked", () => {
  // 1 GB, as its first bytes say, from copies of one byte.
  const length = Buffer.from([0x80, 0x80, 0x80, 0x80, 0x04]);
  const bomb = Buffer.concat([
    length,
    Buffer.from([0x00, 0x61]),
    Buffer.alloc(900_000, Buffer.from([0xfe, 0x01, 0x00])),
  ]);
  const before = process.memoryUsage().arrayBuffers;
  expect(push(bomb)).toMatchObject({ signals: [], answer: { status: 413, body: expect.stringContaining("smaller") } });
  expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * 1024 * 1024);
  const lines = Array.from({ length: 100_001 }, () => new Uint8Array());
  expect(push(compress(pushOf(lines)))).toMatchObject({ signals: [], answer: { status: 413 } });
  expect(push(compress(pushOf(lines.slice(1)))).answer.status).toBe(204);
  const ends = Array.from({ length: 50_000 }, () => entry("Failed backup", 1));
  expect(push(compress(pushOf(ends)))).toMatchObject({ signals: [], answer: { status: 400 } });
});

test("of a push that was too long to be kept nothing is taken, and the sender learns why", () => {
  const body = Buffer.concat([RECORDED, Buffer.alloc(1_000)]);
  const cut = { body, headers: PROTOBUF, isCut: true };
  expect(receive("POST /in/TOKEN/loki", cut)).toMatchObject({ signals: [], answer: { status: 413 } });
});

test("no damage to a push, and no length that lies, is more than a refusal", () => {
  for (let end = 0; end < RECORDED.length; end++) {
    const { signals, answer } = push(RECORDED.subarray(0, end));
    expect([204, 400], `cut at ${end}`).toContain(answer.status);
    if (answer.status === 400) expect(signals).toEqual([]);
  }
  for (let at = 0; at < RECORDED.length; at++) {
    const damaged = Buffer.from(RECORDED);
    damaged[at] = (damaged[at] ?? 0) ^ 0xff;
    expect([204, 400, 413], `damaged at ${at}`).toContain(push(damaged).answer.status);
  }
  const lies = [
    [0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f],
    [0x0a, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01],
    [0x0b, 0x0b, 0x0b, 0x0b],
    [0x00, 0x00],
    [0x07],
  ];
  for (const bytes of lies) expect(push(compress(Uint8Array.from(bytes))).answer.status, String(bytes)).toBe(400);
  // Groups in groups: what is skipped must not be skipped by calls within calls without end.
  expect(push(compress(new Uint8Array(500_000).fill(0x0b))).answer.status).toBe(400);
});
