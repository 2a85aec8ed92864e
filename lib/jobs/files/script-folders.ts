/**
 * What the programs of file processes do with folders: functions in text, for `node -e`. They use the program's `fs`,
 * `fsCallbacks`, `send`, `stopped` and `throwIfStopped`.
 *
 * A guarded program reports its root as `seen` and goes on with `go`. From then on it works on the open folders, by
 * `/proc/self/fd`, and follows no link below the root: nobody can put another folder in their place.
 */
export const FOLDER_FUNCTIONS = `async function syncFolder(path) {
  const folder = await fs.open(path, "r");
  try { await folder.sync(); } finally { await folder.close(); }
}

const FD = "/proc/self/fd/";
const { O_RDONLY, O_DIRECTORY, O_NOFOLLOW, O_NONBLOCK } = fsCallbacks.constants;
// A folder that is only passed through needs no right to list it.
const O_PATH = process.platform === "linux" ? 0x200000 : 0;
const canPin = fsCallbacks.existsSync(FD);
const names = new Map();
const pinned = [];
let go;
const allowed = new Promise((resolve) => { go = resolve; });
let isGuarded = false;

/** Opens a folder, to work on it whatever its path leads to later. */
async function pin(path, name, flags) {
  const handle = await fs.open(path, O_RDONLY | O_DIRECTORY | O_PATH | flags);
  const at = canPin ? FD + handle.fd : name;
  names.set(at, name);
  pinned.push(handle);
  return { at, name };
}

/** Reports an open folder, and waits until it may be used. */
async function report({ at, name }) {
  if (!isGuarded) return;
  const real = canPin ? await fs.readlink(at) : await fs.realpath(at);
  const ids = [];
  for (let path = real; ; path = dirname(path)) {
    const found = await fs.stat(path === real ? at : path, { bigint: true }).catch(() => null);
    if (found) ids.push(found.dev + ":" + found.ino);
    if (dirname(path) === path) break;
  }
  await send({ event: "seen", shown: name, real, ids });
  await Promise.race([allowed, stopped]);
  throwIfStopped();
}

/** Opens the root and reports it. Only once: a program that works on it longer keeps it open. */
async function openRoot(root) {
  const open = await pin(root, root, 0);
  await report(open);
  throwIfStopped();
  return open;
}

/** @returns the folder below an open one and the one above it, open; links on the way are refused */
async function enter(root, path, makes) {
  let [above, open] = [null, root];
  for (const part of path.split(sep).filter(Boolean)) {
    const [path, name] = [join(open.at, part), join(open.name, part)];
    if (makes) {
      try { await fs.mkdir(path, { mode: 0o700 }); } catch (error) { if (error.code !== "EEXIST") throw error; }
    }
    above = open;
    open = await pin(path, name, O_NOFOLLOW).catch(async (error) => {
      const isLink = await fs.lstat(path).then((found) => found.isSymbolicLink(), () => false);
      throw isLink ? Object.assign(new Error(name + " is a link"), { code: "ELOOP", path: name }) : error;
    });
  }
  return { folder: open, above };
}

const openFolder = async (root, folder, makes) => await enter(await openRoot(root), relative(root, folder), makes);

/** With the names that people know in place of the open folders. */
function plain(text) {
  for (const [at, name] of names) text = text.replaceAll(at + "/", name + "/").replaceAll(at + "'", name + "'");
  return text;
}
`;
