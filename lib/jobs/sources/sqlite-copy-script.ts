/**
 * Copies a database and its sidecars as they are, without opening it with SQLite, and folds the sidecars into the copy.
 *
 * No lock is taken: the copy is made, then compared with what is there, and made again when something moved.
 * - With a rollback journal, the file is whole when neither it nor its journal changed and nobody is in the middle of a
 *   change, which a shared lock tells in a moment: a journal may be in memory. The copy rolls back by itself.
 * - With a write-ahead log, pages move from the log into the file at any time. The copy of the log, taken later, still
 *   has all of them until the log is begun anew. `WalFollower` sees that happen, and copies the pages of the ended
 *   log once more. So an application that never pauses is copied all the same.
 * - Only where a file with a rollback journal is never still, a shared lock is taken, for no longer than `lockMs`:
 *   applications wait for a lock for some seconds before a write of theirs fails.
 *
 * https://www.sqlite.org/fileformat2.html#the_write_ahead_log, https://www.sqlite.org/walformat.html
 */
export const COPY_SCRIPT = String.raw`
const { dirname } = require("node:path");
const CHUNK = 1 << 20;
const WAL_HEADER = 32;
const FRAME_HEADER = 24;
const JOURNAL_MAGIC = "d9d505f920a163d7";
// Time stamps of files are as coarse as the kernel's tick.
const TICK_MS = 20;
const [source, target, optionsText] = given;
const { copy, lockMs, maxAttempts, real } = JSON.parse(optionsText);
const { O_RDONLY, O_NONBLOCK, O_NOFOLLOW } = fs.constants;
const MAX_LOCKS = 3;
let cloneable = true;

const pause = (ms) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

function statOf(path) {
  return fs.statSync(path, { bigint: true, throwIfNoEntry: false });
}

function state(fd, headBytes) {
  const { ino, size, mtimeNs, ctimeNs } = fs.fstatSync(fd, { bigint: true });
  const head = readAt(fd, headBytes, 0).toString("hex");
  return { size: Number(size), mtimeMs: Number(mtimeNs / 1000000n), ino, head, key: [ino, size, mtimeNs, ctimeNs, head].join() };
}

/** Follows no link, as SQLite itself does not here, and does not wait for the other end of a pipe. */
function openPlain(path) {
  const fd = fs.openSync(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW);
  if (fs.fstatSync(fd).isFile()) return fd;
  fs.closeSync(fd);
  throw Object.assign(new Error("it is no regular file"), { code: "ENOTREG", syscall: "open", path });
}

function openIfExists(path) {
  try {
    return openPlain(path);
  } catch (error) {
    if (error.code === "ENOENT") return null;
    throw error;
  }
}

/** Opens the database that was checked, and nothing that was put in its place. */
function openMain(path) {
  const fd = openPlain(path);
  const at = "/proc/self/fd/" + fd;
  if (!fs.existsSync(at) || fs.readlinkSync(at) === real) return fd;
  fs.closeSync(fd);
  throw new Refused("replaced", {});
}

/** The journal beside the file, when it holds anything to roll back. */
function journalState(path) {
  const fd = openIfExists(path);
  if (fd === null) return null;
  try {
    const found = state(fd, 28);
    return found.head.startsWith(JOURNAL_MAGIC) ? found : null;
  } finally {
    fs.closeSync(fd);
  }
}

/** Follows the write-ahead log, and knows which pages the logs that ended meanwhile brought into the file. */
class WalFollower {
  constructor(path, fd) {
    this.path = path;
    this.fd = fd;
    this.ino = fs.fstatSync(fd, { bigint: true }).ino;
    this.lost = false;
    this.dirty = new Set();
    const head = this.head();
    if (!head) {
      this.lost = true;
      return;
    }
    this.begin(head);
    this.poll();
  }

  head() {
    const bytes = readAt(this.fd, WAL_HEADER, 0);
    return bytes.length === WAL_HEADER ? bytes : null;
  }

  begin(head) {
    this.current = head;
    this.pages = new Set();
    this.committed = 0;
    this.pageSize = head.readUInt32BE(8) || 65536;
  }

  frame(index, salts) {
    const bytes = readAt(this.fd, FRAME_HEADER, WAL_HEADER + index * (FRAME_HEADER + this.pageSize));
    if (bytes.length < FRAME_HEADER || !bytes.subarray(8, 16).equals(salts)) return null;
    return { page: bytes.readUInt32BE(0), commits: bytes.readUInt32BE(4) !== 0 };
  }

  /** Reads on from the last commit: what follows it may still be written over. */
  scan(salts) {
    let index = this.committed;
    for (let frame = this.frame(index, salts); frame; frame = this.frame(index, salts)) {
      this.pages.add(frame.page);
      index++;
      if (frame.commits) this.committed = index;
    }
    return index;
  }

  poll() {
    if (this.lost) return;
    const now = this.head();
    const found = statOf(this.path);
    if (!now || !found || found.ino !== this.ino) {
      this.lost = true;
      return;
    }
    const old = this.current;
    if (now.equals(old)) {
      this.scan(old.subarray(16, 24));
      return;
    }
    // Begun anew over its own beginning: its last frames are still there, unless the new ones have reached them.
    const seen = this.committed;
    this.scan(old.subarray(16, 24));
    for (const page of this.pages) this.dirty.add(page);
    const followsOld = now.readUInt32BE(12) === (old.readUInt32BE(12) + 1) % 2 ** 32;
    this.begin(now);
    const reached = this.scan(now.subarray(16, 24));
    if (!followsOld || reached > seen || !this.head()?.equals(now)) this.lost = true;
  }
}

function followWal(path) {
  const fd = openIfExists(path);
  if (fd === null) return null;
  const { size } = fs.fstatSync(fd);
  if (size >= WAL_HEADER) return new WalFollower(path, fd);
  fs.closeSync(fd);
  return null;
}

function copyBytes(from, to, { eachChunk, deadline } = {}) {
  const buffer = Buffer.allocUnsafe(CHUNK);
  let position = 0;
  for (;;) {
    const bytes = fs.readSync(from, buffer, 0, CHUNK, position);
    if (bytes === 0) break;
    writeAll(to, buffer.subarray(0, bytes), position);
    position += bytes;
    if (eachChunk?.() === false || (deadline && Date.now() > deadline)) return false;
  }
  fs.ftruncateSync(to, position);
  return true;
}

function writeAll(fd, bytes, position) {
  for (let done = 0; done < bytes.length; ) done += fs.writeSync(fd, bytes, done, bytes.length - done, position + done);
}

function copySidecar(path, to) {
  const from = openPlain(path);
  const out = fs.openSync(to, "w", 0o600);
  try {
    copyBytes(from, out);
  } finally {
    fs.closeSync(from);
    fs.closeSync(out);
  }
}

function clone(path) {
  if (!cloneable) return false;
  try {
    if (fs.realpathSync(path) !== real) return false;
    fs.copyFileSync(path, target, fs.constants.COPYFILE_FICLONE_FORCE);
    fs.chmodSync(target, 0o600);
    return true;
  } catch {
    cloneable = false;
    fs.rmSync(target, { force: true });
    return false;
  }
}

function removeCopy() {
  for (const ending of ["", "-wal", "-shm", "-journal"]) fs.rmSync(target + ending, { force: true });
}

/** Waits until the file's time stamp can tell whether it changes again. */
function becomesStill(fd) {
  for (let tries = 0; tries < 8; tries++) {
    if (Math.abs(Date.now() - state(fd, 0).mtimeMs) > TICK_MS) return true;
    pause(TICK_MS + 5);
  }
  return false;
}

function stillFollowed(wal) {
  wal?.poll();
  return !wal?.lost;
}

function copyWithWal(wal, fd, out) {
  for (let round = 0; round < 10 && !wal.lost; round++) {
    const pages = [...wal.dirty].sort((a, b) => a - b);
    wal.dirty.clear();
    for (const page of pages) {
      const position = (page - 1) * wal.pageSize;
      writeAll(out, readAt(fd, wal.pageSize, position), position);
    }
    wal.poll();
    if (wal.dirty.size > 0) continue;
    copySidecar(wal.path, target + "-wal");
    wal.poll();
    if (wal.dirty.size === 0) return !wal.lost;
  }
  return false;
}

/** Whether nobody is in the middle of a change that only a journal in memory, or none, could take back. */
function isCommitted(main, timing, unchanged) {
  // Never with anything beside the file: SQLite would make a write-ahead log, and gives journals away when it is root.
  const db = new Database(main, { readonly: true, fileMustExist: true, timeout: 200 });
  try {
    timing.held = 0;
    db.pragma("trusted_schema = OFF");
    db.exec("BEGIN");
    db.pragma("schema_version");
    // While the lock is held.
    return unchanged();
  } catch (error) {
    if (!/^SQLITE_(BUSY|READONLY_ROLLBACK)/.test(error.code)) throw error;
    timing.held = 1;
    return false;
  } finally {
    db.close();
  }
}

/** @returns whether the copy is whole; how long its main part took is in the timing */
function copyOnce(main, timing) {
  removeCopy();
  const fd = openMain(main);
  let wal = null;
  let out = null;
  try {
    wal = followWal(main + "-wal");
    if (!wal && !becomesStill(fd)) return false;
    const before = state(fd, 100);
    const journal = journalState(main + "-journal");
    const started = Date.now();
    if (clone(main)) out = fs.openSync(target, "r+");
    else {
      out = fs.openSync(target, "w", 0o600);
      if (!copyBytes(fd, out, { eachChunk: () => stillFollowed(wal) })) return false;
    }
    timing.mainMs = Date.now() - started;
    if (journal) copySidecar(main + "-journal", target + "-journal");
    if (wal && !copyWithWal(wal, fd, out)) return false;
    if (journal?.key !== journalState(main + "-journal")?.key || statOf(main)?.ino !== before.ino) return false;
    const unchanged = () => state(fd, 100).key === before.key;
    // The head's bytes 18 and 19 say which kind of journal is in use.
    const logs = before.head.slice(36, 40) === "0202";
    if (wal) return logs || unchanged();
    const begun = statOf(main + "-wal");
    if (begun && begun.size > 0n) return false;
    // A journal on the disk was copied, and takes back what is half done.
    const plain = !logs && before.size > 0 && !statOf(main + "-journal");
    return plain ? isCommitted(main, timing, unchanged) : unchanged();
  } catch (error) {
    // A sidecar that was there a moment ago.
    if (error.code === "ENOENT" && error.path !== main) return false;
    throw error;
  } finally {
    if (out !== null) fs.closeSync(out);
    if (wal) fs.closeSync(wal.fd);
    fs.closeSync(fd);
  }
}

/** SQLite gives a journal that it opens to the database's owner, when it is root. */
function wouldGiveAwayJournal(main) {
  const [own, journal] = [statOf(main), statOf(main + "-journal")];
  return journal !== undefined && (journal.uid !== own?.uid || journal.gid !== own?.gid);
}

/** For a file with a rollback journal that is never still: nobody writes to it while it is copied. */
function copyLocked(main, timing) {
  const { size } = fs.statSync(main);
  const expectedMs = timing.mainMs ?? size / 200000;
  // Opened before the lock is taken and closed after it: closing any descriptor of the file drops the lock.
  const fd = openMain(main);
  let db = null;
  let out = null;
  try {
    const rollback = readAt(fd, 2, 18).equals(Buffer.from([1, 1])) && !statOf(main + "-wal");
    if (!rollback || expectedMs > lockMs || wouldGiveAwayJournal(main)) return false;
    removeCopy();
    out = fs.openSync(target, "w", 0o600);
    db = new Database(main, { readonly: true, fileMustExist: true, timeout: 5000 });
    db.pragma("trusted_schema = OFF");
    db.exec("BEGIN");
    db.pragma("schema_version");
    return copyBytes(fd, out, { deadline: Date.now() + 1.5 * lockMs });
  } catch (error) {
    if (String(error.code).startsWith("SQLITE_")) return false;
    throw error;
  } finally {
    db?.close();
    if (out !== null) fs.closeSync(out);
    fs.closeSync(fd);
  }
}

function copyWhole(main) {
  const started = Date.now();
  const timing = { mainMs: null, held: 0 };
  for (let attempt = 1; ; attempt++) {
    if (copyOnce(main, timing)) return { attempts: attempt, locked: 0 };
    const mayLock = attempt >= 3 && attempt < 3 + MAX_LOCKS;
    if (mayLock && copyLocked(main, timing)) return { attempts: attempt, locked: 1 };
    const minutes = (Date.now() - started) / 60000;
    if (attempt >= maxAttempts || (attempt >= 5 && minutes > 10)) {
      removeCopy();
      throw new Refused(timing.held ? "held" : "moving", { attempts: attempt, seconds: Math.round(minutes * 60) });
    }
    pause(Math.min(1000, 5 * 2 ** attempt) * (0.5 + Math.random()));
  }
}

/** Makes the copy one plain file: rolled back, or with its log in it. An empty file becomes a database without tables. */
function fold() {
  const db = openOwn(target);
  try {
    if (fs.statSync(target).size === 0) db.exec("BEGIN IMMEDIATE; PRAGMA user_version = 0; COMMIT");
    db.pragma("schema_version");
    db.pragma("wal_checkpoint(TRUNCATE)");
  } finally {
    db.close();
  }
  for (const ending of ["-wal", "-shm", "-journal"]) {
    if (statOf(target + ending)) throw new Refused("unfolded", {});
  }
}

/** Everything that a copy needs is there and can be read. */
function inspectSource(main) {
  const found = fs.statSync(main);
  if (!found.isFile()) throw new Refused("not_file", {});
  let bytes = found.size;
  const fd = openMain(main);
  try {
    const head = readAt(fd, 16, 0);
    if (found.size > 0 && !head.equals(Buffer.from("SQLite format 3\0"))) throw new Refused("not_sqlite", {});
    for (const ending of ["-wal", "-journal"]) {
      const sidecar = openIfExists(main + ending);
      if (sidecar === null) continue;
      bytes += fs.fstatSync(sidecar).size;
      fs.closeSync(sidecar);
    }
  } finally {
    fs.closeSync(fd);
  }
  const { bavail, bsize } = fs.statfsSync(dirname(target));
  const free = bavail * bsize;
  if (bytes > free && !clone(main)) throw new Refused("no_space", { bytes, free });
  return { bytes: found.size };
}

answer(() => {
  const main = fs.realpathSync(source);
  if (main !== real) throw new Refused("replaced", {});
  const { bytes } = inspectSource(main);
  removeCopy();
  if (!copy) return { bytes, attempts: 0, locked: 0 };
  const made = copyWhole(main);
  fold();
  return { bytes, ...made };
});
`;
