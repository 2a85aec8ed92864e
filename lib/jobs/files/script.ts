import { FOLDER_FUNCTIONS } from "./script-folders";

/**
 * The program of a file process, passed to Node by `-e`, so that it is the same in the sources and in the bundle.
 *
 * One process does one thing. It gets its request as the first message of its IPC channel, and answers with messages:
 * `opened` once a file that is written or read is open, then `answer` with a value, or `failed` with the system's error.
 * The bytes of a file that is written come on standard input, those of one that is read go to standard output, from
 * `start` on: until then the pipe can become another program's.
 * A file counts as written only when the message `finish` has come with the number of its bytes: a parent that died
 * closes the input too. On `discard`, or when the parent is gone, what was begun is removed, as soon as the disk lets
 * it; `discarded` confirms it.
 *
 * A guarded request opens its folders first and reports what they are as `seen`; it goes on with `go`. From then on it
 * works on the open folders, by `/proc/self/fd`, and follows no link below the root: nobody can put another folder in
 * their place.
 *
 * It ends itself by SIGKILL: an exit would wait for the thread that hangs.
 */
export const FILE_PROCESS_SCRIPT = `// Belfry file process
const fs = require("node:fs/promises");
const fsCallbacks = require("node:fs");
const { basename, dirname, join, relative, sep } = require("node:path");
const { pipeline, Readable } = require("node:stream");
const { createGunzip } = require("node:zlib");

const READ_BYTES = 256 * 1024;
let stop;
const stopped = new Promise((resolve) => { stop = resolve; });
let isStopped = false;
let cleansUp = false;
let finish;
const finished = new Promise((resolve) => { finish = resolve; });

const die = () => process.kill(process.pid, "SIGKILL");
const send = (message) => new Promise((resolve) => {
  if (process.connected) process.send(message, resolve);
  else resolve();
});

function discard() {
  if (isStopped) return;
  isStopped = true;
  stop();
  setTimeout(die, GIVE_UP_MS);
}
class Stopped extends Error {}
const throwIfStopped = () => { if (isStopped) throw new Stopped(); };

let start;
const started = new Promise((resolve) => { start = resolve; });

${FOLDER_FUNCTIONS}
// Directly, not by a stream: half of the time of a stream, and larger pieces.
const readInput = () => new Promise((resolve, reject) => {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  fsCallbacks.read(0, buffer, 0, READ_BYTES, null, (error, count) =>
    error ? reject(error) : resolve(buffer.subarray(0, count)));
});

async function write({ root, file: path }) {
  const { folder, above } = await openFolder(root, dirname(path), true);
  const file = join(folder.at, basename(path));
  const part = file + ".part";
  const handle = await fs.open(part, "wx", 0o600);
  let isOpen = true;
  let isVisible = false;
  try {
    throwIfStopped();
    await send({ event: "opened" });
    let bytes = 0;
    let next = readInput();
    for (;;) {
      const chunk = await next;
      throwIfStopped();
      if (chunk.length === 0) break;
      // The next bytes are read while these are written.
      next = readInput();
      next.catch(() => undefined);
      for (let at = 0; at < chunk.length; ) at += (await handle.write(chunk, at)).bytesWritten;
      bytes += chunk.length;
    }
    const expected = await Promise.race([finished, stopped]);
    throwIfStopped();
    if (bytes !== expected) throw new Error(bytes + " of " + expected + " bytes arrived");
    await handle.sync();
    isOpen = false;
    await handle.close();
    throwIfStopped();
    await fs.rename(part, file);
    isVisible = true;
    await syncFolder(folder.at);
    if (above) await syncFolder(above.at);
    return null;
  } catch (error) {
    if (isOpen) await handle.close().catch(() => undefined);
    await fs.rm(isVisible ? file : part, { force: true }).catch(() => undefined);
    throw error;
  }
}

async function read({ root, file, decompress }) {
  const { folder } = await openFolder(root, dirname(file), false);
  // A pipe in its place would never open.
  const handle = await fs.open(join(folder.at, basename(file)), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  if (!(await handle.stat()).isFile()) throw new Error("it is no regular file");
  await send({ event: "opened" });
  await started;
  if (decompress === "gzip") for await (const chunk of gunzipped(pieces(handle.fd))) writeOutput(chunk);
  else for (const chunk of pieces(handle.fd)) writeOutput(chunk);
  fsCallbacks.closeSync(1);
  return null;
}

// Without threads and streams: nothing else is to be done meanwhile, and a parent that leaves ends it.
function* pieces(fd) {
  for (;;) {
    const buffer = Buffer.allocUnsafe(READ_BYTES);
    const count = fsCallbacks.readSync(fd, buffer, 0, READ_BYTES, null);
    if (count === 0) return;
    yield buffer.subarray(0, count);
  }
}

// An error of the file reaches the reader through the output.
function gunzipped(bytes) {
  const gunzip = createGunzip({ chunkSize: READ_BYTES });
  pipeline(Readable.from(bytes, { objectMode: false }), gunzip, () => undefined);
  return gunzip;
}

// A reader that leaves early is an error that its own end explains.
function writeOutput(chunk) {
  for (let done = 0; done < chunk.length; ) done += fsCallbacks.writeSync(1, chunk, done, chunk.length - done);
}

async function measure({ root }) {
  const { folder } = await openFolder(root, root, false);
  const { blocks, bfree, bavail, bsize } = await fs.statfs(folder.at);
  return { usedBytes: (blocks - bfree) * bsize, freeBytes: bavail * bsize };
}

async function freeBytesAt(path) {
  const { bavail, bsize } = await fs.statfs(path);
  return bavail * bsize;
}

async function probe({ root, file: path, text }) {
  const { folder } = await openFolder(root, dirname(path), false);
  const file = join(folder.at, basename(path));
  try {
    const handle = await fs.open(file, "wx+", 0o600);
    try {
      await handle.write(text);
      await handle.sync();
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(text.length + 1), 0, text.length + 1, 0);
      if (buffer.toString("utf8", 0, bytesRead) !== text) throw new Error("what was read back is not what was written");
    } finally {
      await handle.close();
    }
  } finally {
    await fs.rm(file, { force: true }).catch(() => undefined);
  }
  throwIfStopped();
  return await freeBytesAt(folder.at);
}

const described = (found) => ({
  type: found.isFile() ? "file" : found.isDirectory() ? "directory" : "other",
  bytes: found.size,
  modifiedAt: Math.floor(found.mtimeMs),
});

const operations = {
  write,
  read,
  probe,
  stat: async ({ path }) => described(await fs.stat(path)),
  names: async ({ path }) => await fs.readdir(path),
  measure,
  // The server of a network file system is asked for free space each time; the rest may come from memory.
  answers: async ({ path }) => {
    const found = await fs.stat(path);
    await fs.statfs(path);
    if (found.isDirectory()) await (await fs.opendir(path)).close();
    return null;
  },
  list: async ({ root, path }) => {
    const { folder } = await openFolder(root, path, false);
    const files = [];
    for (const name of await fs.readdir(folder.at)) {
      const found = await fs.lstat(join(folder.at, name)).catch(() => null);
      if (found !== null) files.push({ name, ...described(found) });
    }
    return files;
  },
  remove: async ({ root, file }) => {
    const { folder } = await openFolder(root, dirname(file), false).catch((error) => {
      if (error.code === "ENOENT" && error.path !== root) return {};
      throw error;
    });
    if (!folder) return false;
    try { await fs.rm(join(folder.at, basename(file))); } catch (error) {
      if (error.code === "ENOENT") return false;
      throw error;
    }
    await syncFolder(folder.at);
    return true;
  },
};

async function execute(request) {
  let answer;
  try {
    answer = { event: "answer", value: await operations[request.op](request) };
  } catch (error) {
    answer = isStopped
      ? { event: "discarded" }
      : { event: "failed", code: error.code, message: plain(error.message), path: plain(String(error.path ?? "")) };
  }
  // The caller may unmount the disk at once.
  for (const handle of pinned) await handle.close().catch(() => undefined);
  await send(answer);
  die();
}

process.once("disconnect", () => {
  discard();
  if (!cleansUp) die();
});
process.on("message", (message) => {
  if (message.op === "discard") discard();
  else if (message.op === "finish") finish(message.bytes);
  else if (message.op === "go") go();
  else if (message.op === "start") start();
  else {
    isGuarded = message.isGuarded;
    cleansUp = message.op === "write" || message.op === "probe";
    void execute(message);
  }
});
`;
