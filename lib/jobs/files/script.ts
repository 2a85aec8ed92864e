/**
 * The program of a file process, passed to Node by `-e`, so that it is the same in the sources and in the bundle.
 *
 * One process does one thing. It gets its request as the first message of its IPC channel, and answers with messages:
 * `opened` once a file that is written or read is open, then `answer` with a value, or `failed` with the system's error.
 * The bytes of a file that is written come on standard input, those of one that is read go to standard output.
 * A file counts as written only when the message `finish` has come with the number of its bytes: a parent that died
 * closes the input too. On `discard`, or when the parent is gone, what was begun is removed, as soon as the disk lets
 * it; `discarded` confirms it.
 *
 * It ends itself by SIGKILL: an exit would wait for the thread that hangs.
 */
export const FILE_PROCESS_SCRIPT = `// Belfry file process
const fs = require("node:fs/promises");
const fsCallbacks = require("node:fs");
const { dirname, join, relative, sep } = require("node:path");

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

async function syncFolder(path) {
  const folder = await fs.open(path, "r");
  try { await folder.sync(); } finally { await folder.close(); }
}

async function requireFolder(path) {
  if ((await fs.stat(path)).isDirectory()) return;
  throw Object.assign(new Error("not a directory"), { code: "ENOTDIR", path });
}

async function makeFoldersBelow(root, folder) {
  let path = root;
  for (const name of relative(root, folder).split(sep).filter(Boolean)) {
    path = join(path, name);
    try { await fs.mkdir(path, { mode: 0o700 }); } catch (error) { if (error.code !== "EEXIST") throw error; }
  }
}

// Directly, not by a stream: half of the time of a stream, and larger pieces.
const readInput = () => new Promise((resolve, reject) => {
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  fsCallbacks.read(0, buffer, 0, READ_BYTES, null, (error, count) =>
    error ? reject(error) : resolve(buffer.subarray(0, count)));
});

async function write({ root, file }) {
  const [folder, part] = [dirname(file), file + ".part"];
  await requireFolder(root);
  throwIfStopped();
  await makeFoldersBelow(root, folder);
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
    await syncFolder(folder);
    if (folder !== root) await syncFolder(dirname(folder));
    return null;
  } catch (error) {
    if (isOpen) await handle.close().catch(() => undefined);
    await fs.rm(isVisible ? file : part, { force: true }).catch(() => undefined);
    throw error;
  }
}

// Without threads and streams: nothing else is to be done meanwhile, and a parent that leaves ends it.
async function read({ file }) {
  const handle = await fs.open(file, "r");
  await send({ event: "opened" });
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  for (;;) {
    const count = fsCallbacks.readSync(handle.fd, buffer, 0, READ_BYTES, null);
    if (count === 0) break;
    for (let done = 0; done < count; ) done += writeOutput(buffer, done, count - done);
  }
  fsCallbacks.closeSync(1);
  return null;
}

function writeOutput(buffer, from, count) {
  try {
    return fsCallbacks.writeSync(1, buffer, from, count);
  } catch (error) {
    if (error.code === "EPIPE") die();
    throw error;
  }
}

async function freeBytes({ path }) {
  const { bavail, bsize } = await fs.statfs(path);
  return bavail * bsize;
}

async function probe({ root, file, text }) {
  await requireFolder(root);
  throwIfStopped();
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
  return await freeBytes({ path: root });
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
  freeBytes,
  // The server of a network file system is asked for free space each time; the rest may come from memory.
  answers: async ({ path }) => {
    const found = await fs.stat(path);
    await fs.statfs(path);
    if (found.isDirectory()) await (await fs.opendir(path)).close();
    return null;
  },
  list: async ({ path }) => {
    const files = [];
    for (const name of await fs.readdir(path)) {
      const found = await fs.stat(join(path, name)).catch(() => null);
      if (found !== null) files.push({ name, ...described(found) });
    }
    return files;
  },
  remove: async ({ root, file }) => {
    await requireFolder(root);
    try { await fs.rm(file); } catch (error) {
      if (error.code === "ENOENT") return false;
      throw error;
    }
    await syncFolder(dirname(file));
    return true;
  },
};

async function execute(request) {
  try {
    await send({ event: "answer", value: await operations[request.op](request) });
  } catch (error) {
    await send(isStopped
      ? { event: "discarded" }
      : { event: "failed", code: error.code, message: error.message, path: error.path });
  }
  die();
}

process.once("disconnect", () => {
  discard();
  if (!cleansUp) die();
});
process.on("message", (message) => {
  if (message.op === "discard") discard();
  else if (message.op === "finish") finish(message.bytes);
  else {
    cleansUp = message.op === "write" || message.op === "probe";
    void execute(message);
  }
});
`;
