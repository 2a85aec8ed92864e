import { FOLDER_FUNCTIONS } from "./script-folders";

/**
 * The program of a folder process: as that of a file process, but it works on one folder for as long as its parent
 * wants. One request at a time, each answered by `answer` or `failed`. Paths are below the root, with slashes.
 *
 * Bytes go in frames, over standard output while `read`, over standard input while `write`: four bytes of length, then
 * the bytes. No bytes end a file; `END_BROKEN` in place of a length breaks it off. After the end of a file that is written
 * comes the SHA-256 of its bytes: it gets its name only when it is on disk and reads like that.
 *
 * What is written begins in `PARTS_NAME` below the folder that is written to, so that nothing half written is among the
 * files there.
 */
export const FOLDER_PROCESS_SCRIPT = `// Belfry folder process
const fs = require("node:fs/promises");
const fsCallbacks = require("node:fs");
const { createHash, randomBytes } = require("node:crypto");
const { basename, dirname, join, relative, sep } = require("node:path");

const FRAME_BYTES = 256 * 1024;
const BATCH = 1000;
const BROKEN = 0xffffffff;
const die = () => process.kill(process.pid, "SIGKILL");
const send = (message) => new Promise((resolve) => {
  if (process.connected) process.send(message, resolve);
  else resolve();
});
const stopped = new Promise(() => undefined);
const throwIfStopped = () => undefined;

${FOLDER_FUNCTIONS}
let root;
const codeIs = (...codes) => (error) => { if (!codes.includes(error.code)) throw error; };
const stampOf = (found) => found.mtimeNs + "." + found.ctimeNs;
const kindOf = (found) => found.isFile() ? "file" : found.isDirectory() ? "folder" : found.isSymbolicLink() ? "link" : "other";
const described = (found) => ({ kind: kindOf(found), bytes: Number(found.size), stamp: stampOf(found) });

let listed = null;
async function closeListed() {
  const { dir, folder } = listed ?? {};
  listed = null;
  if (dir) await dir.close().catch(() => undefined);
  if (folder) await folder.close().catch(() => undefined);
}

/** The first entries of a folder; \`more\` has the next. */
async function list({ path }) {
  await closeListed();
  const { folder } = await enter(root, path, false);
  // Stays open after this request, for those for more.
  const handle = await fs.open(folder.at, O_RDONLY | O_DIRECTORY);
  const at = canPin ? FD + handle.fd : folder.name;
  listed = { at, folder: handle, dir: await fs.opendir(at, { encoding: "buffer" }) };
  return await more();
}

async function more() {
  const entries = [];
  for (let found = null; entries.length < BATCH && (found = await listed.dir.read()) !== null; ) {
    const name = found.name.toString();
    if (!Buffer.from(name).equals(found.name)) {
      entries.push({ name, kind: "odd", bytes: 0, stamp: "" });
      continue;
    }
    // What is gone by now is no entry; what may not be looked at is one.
    const stat = await fs.lstat(join(listed.at, name), { bigint: true }).catch((error) => {
      if (error.code === "ENOENT") return null;
      entries.push({ name, kind: "closed", bytes: 0, stamp: "", code: error.code });
      return null;
    });
    if (stat) entries.push({ name, ...described(stat) });
  }
  const isAll = entries.length < BATCH;
  if (isAll) await closeListed();
  return { entries, isAll };
}

/** @returns those of the paths at which surely no file is any more: what may not be looked at may still be there */
async function missing({ paths }) {
  const gone = [];
  const GONE = ["ENOENT", "ENOTDIR", "ELOOP"];
  const unlessGone = (error) => (GONE.includes(error.code) ? null : "closed");
  let last = { path: null, folder: null };
  for (const path of paths) {
    const above = dirname(path);
    if (last.path !== above)
      last = { path: above, folder: await enter(root, above === "." ? "" : above, false).then(({ folder }) => folder, unlessGone) };
    const { folder } = last;
    const found = folder?.at ? await fs.lstat(join(folder.at, basename(path))).catch(unlessGone) : folder;
    if (found === null || (found !== "closed" && !found.isFile())) gone.push(path);
  }
  return gone;
}

function writeFrame(length, chunk) {
  const head = Buffer.alloc(4);
  head.writeUInt32BE(length);
  for (const part of chunk ? [head, chunk] : [head])
    for (let done = 0; done < part.length; ) done += fsCallbacks.writeSync(1, part, done, part.length - done);
}

/** @returns what it was before the first byte was read and after the last */
async function read({ path }) {
  const { folder } = await enter(root, dirname(path) === "." ? "" : dirname(path), false);
  const handle = await fs.open(join(folder.at, basename(path)), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const before = described(await handle.stat({ bigint: true }));
    if (before.kind !== "file") throw Object.assign(new Error("it is no file any more"), { code: "ENOENT" });
    await send({ event: "opened" });
    try {
      const buffer = Buffer.allocUnsafe(FRAME_BYTES);
      for (let count; (count = fsCallbacks.readSync(handle.fd, buffer, 0, FRAME_BYTES, null)) > 0; )
        writeFrame(count, buffer.subarray(0, count));
      const after = described(await handle.stat({ bigint: true }));
      writeFrame(0);
      return { before, after };
    } catch (error) {
      writeFrame(BROKEN);
      throw error;
    }
  } finally {
    await handle.close();
  }
}

const read0 = (buffer, at, length) => new Promise((resolve, reject) =>
  fsCallbacks.read(0, buffer, at, length, null, (error, count) => error ? reject(error) : resolve(count)));
async function readInput(length) {
  const buffer = Buffer.allocUnsafe(length);
  for (let got = 0; got < length; ) {
    const count = await read0(buffer, got, length - got);
    if (count === 0) die();
    got += count;
  }
  return buffer;
}

/** The frames of a file, all of them also when writing fails: the next file follows. */
async function takeFrames(take) {
  let failure = null;
  for (;;) {
    const length = (await readInput(4)).readUInt32BE();
    if (length === BROKEN) return { isBroken: true, failure };
    if (length === 0) return { sha256: (await readInput(32)).toString("hex"), failure };
    const chunk = await readInput(length);
    if (failure === null) await take(chunk).catch((error) => { failure = error; });
  }
}

async function hashOf(handle) {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(FRAME_BYTES);
  for (let at = 0; ; ) {
    const { bytesRead } = await handle.read(buffer, 0, FRAME_BYTES, at);
    if (bytesRead === 0) return hash.digest("hex");
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

async function openPart(base) {
  const { folder } = await enter(root, join(base, PARTS_NAME), true);
  const path = join(folder.at, randomBytes(8).toString("hex"));
  return { path, handle: await fs.open(path, "wx+", 0o600) };
}

/** @returns what it is under its name; null when it was broken off */
async function write({ base, path }) {
  // The frames come in any case.
  let part = null;
  let failure = await openPart(base).then((open) => { part = open; return null; }, (error) => error);
  const take = async (chunk) => {
    if (failure) throw failure;
    for (let at = 0; at < chunk.length; ) at += (await part.handle.write(chunk, at)).bytesWritten;
  };
  const taken = await takeFrames(take);
  failure = failure ?? taken.failure;
  try {
    if (failure) throw failure;
    if (taken.isBroken) return null;
    await part.handle.sync();
    if (await hashOf(part.handle) !== taken.sha256)
      throw new Error("what was read back is not what was written");
    const { folder, above } = await enter(root, dirname(join(base, path)), true);
    const file = join(folder.at, basename(path));
    await fs.rename(part.path, file);
    const handle = part.handle;
    part = null;
    const found = described(await handle.stat({ bigint: true }));
    await handle.close();
    await syncFolder(folder.at);
    if (above) await syncFolder(above.at);
    return found;
  } finally {
    if (part) {
      await part.handle.close().catch(() => undefined);
      await fs.rm(part.path, { force: true }).catch(() => undefined);
    }
  }
}

/** Removes a file, and the folders below the base that are empty then. @returns false when there was none */
async function remove({ base, path }) {
  const isGone = codeIs("ENOENT", "ENOTDIR");
  for (let at = path, isFile = true; at !== "."; at = dirname(at), isFile = false) {
    const found = await enter(root, dirname(join(base, at)), false).catch(isGone);
    if (!found) return false;
    const whole = join(found.folder.at, basename(at));
    if (isFile) {
      const was = await fs.unlink(whole).then(() => true, (error) => { isGone(error); return false; });
      if (!was) return false;
      await syncFolder(found.folder.at);
    } else if (!(await fs.rmdir(whole).then(() => true, () => false))) return true;
  }
  return true;
}

/** Removes what writing left that was ended in the middle. @returns how many files */
async function tidy({ base }) {
  const found = await enter(root, join(base, PARTS_NAME), false).catch(codeIs("ENOENT"));
  if (!found) return 0;
  const left = await fs.readdir(found.folder.at);
  for (const name of left) await fs.rm(join(found.folder.at, name), { force: true });
  return left.length;
}

const operations = { list, more, missing, read, write, remove, tidy };

async function serve({ op, ...request }) {
  const kept = pinned.length;
  let answer;
  try {
    answer = { event: "answer", value: await operations[op](request) };
  } catch (error) {
    answer = { event: "failed", code: error.code, message: plain(error.message), path: plain(String(error.path ?? "")) };
  }
  for (const handle of pinned.splice(kept)) {
    names.delete(FD + handle.fd);
    await handle.close().catch(() => undefined);
  }
  await send(answer);
}

process.once("disconnect", die);
process.on("message", (message) => {
  if (message.op === "go") go();
  else if (message.op !== "open") void serve(message);
  else {
    isGuarded = message.isGuarded;
    openRoot(message.root).then(
      (open) => { root = open; return send({ event: "answer", value: null }); },
      (error) => send({ event: "failed", code: error.code, message: plain(error.message), path: plain(String(error.path ?? "")) }),
    );
  }
});
`;
