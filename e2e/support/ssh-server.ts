import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { connect } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { isRoot, type Running, runProgram, startProgram, until } from "./child";
import { freePort } from "./free-port";

/** Debian's SSH server on loopback, with keys of its own. Nothing of it is left after `stop`. */
export interface SshServer {
  port: number;
  user: string;
  /** Signs in. */
  privateKey: string;
  /** The same, under the passphrase `bell tower`. */
  encryptedKey: string;
  /** A key that the server does not know. */
  strangeKey: string;
  /** The host key as `ssh-keyscan` prints it. */
  hostKey: string;
  /** A folder that the server can write. */
  folder: string;
  /** The password of `user`; null where nobody can be given one: that takes root, in a mount namespace of its own. */
  password: string | null;
  /** The ids of the processes that serve connections at the moment. */
  sessions(): number[];
  /** Ends it with every connection. */
  shutDown(): Promise<void>;
  /** Starts it again on its port. @param options.newHostKey as if it had been set up anew */
  startAgain(options?: { newHostKey?: boolean }): Promise<void>;
  stop(): Promise<void>;
}

export const canUnshare = (() => {
  try {
    if (isRoot) runProgram("unshare", ["-m", "true"]);
    return isRoot;
  } catch {
    return false;
  }
})();

export async function startSshServer(): Promise<SshServer> {
  const home = mkdtempSync(join(tmpdir(), "belfry-sshd-"));
  const folder = join(home, "files");
  mkdirSync(folder);
  const password = canUnshare ? "ring the bell" : null;
  const user = userInfo().username;
  makeKeys(home);
  if (password) writeShadow(join(home, "shadow"), user, password);
  if (isRoot) mkdirSync("/run/sshd", { recursive: true });
  const port = await freePort();
  const serve = async () => {
    const running = startProgram(...commandOf(home, port, password !== null));
    await until(`sshd answers on ${port}`, () => answers(port), { words: running.words });
    return running;
  };
  let server: Running = await serve();
  const children = (pid: number): number[] => {
    const file = `/proc/${pid}/task/${pid}/children`;
    const own = existsSync(file) ? readFileSync(file, "utf8").split(" ").filter(Boolean).map(Number) : [];
    return own.flatMap((child) => [child, ...children(child)]);
  };
  const sessions = () => (server.child.pid ? children(server.child.pid) : []);
  const shutDown = async () => {
    const open = sessions();
    await server.stop();
    for (const pid of open) if (existsSync(`/proc/${pid}`)) process.kill(pid, "SIGKILL");
  };
  const read = (name: string) => readFileSync(join(home, name), "utf8");
  return {
    port,
    user,
    privateKey: read("user"),
    encryptedKey: read("encrypted"),
    strangeKey: read("strange"),
    get hostKey() {
      return `[127.0.0.1]:${port} ${read("host.pub")}`;
    },
    folder,
    password,
    sessions,
    shutDown,
    async startAgain({ newHostKey = false } = {}) {
      if (newHostKey) {
        rmSync(join(home, "host"));
        makeKey(home, "host");
      }
      server = await serve();
    },
    async stop() {
      await shutDown();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

function makeKeys(home: string): void {
  for (const name of ["host", "user", "strange"]) makeKey(home, name);
  copyFileSync(join(home, "user"), join(home, "encrypted"));
  runProgram("ssh-keygen", ["-p", "-q", "-P", "", "-N", "bell tower", "-f", join(home, "encrypted")]);
  copyFileSync(join(home, "user.pub"), join(home, "authorized_keys"));
}

function makeKey(home: string, name: string): void {
  runProgram("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", join(home, name)]);
}

/** The system's list of passwords with one for the user: only the server sees it, in a mount namespace of its own. */
function writeShadow(file: string, user: string, password: string): void {
  const hash = runProgram("openssl", ["passwd", "-6", password]).trim();
  const lines = readFileSync("/etc/shadow", "utf8")
    .split("\n")
    .map((line) => (line.startsWith(`${user}:`) ? `${user}:${hash}:19000:0:99999:7:::` : line));
  writeFileSync(file, lines.join("\n"));
  chmodSync(file, 0o600);
}

function commandOf(home: string, port: number, hasPassword: boolean): [string, string[]] {
  const options = [
    "PidFile=none",
    "StrictModes=no",
    "UsePAM=no",
    "PermitRootLogin=yes",
    "ListenAddress=127.0.0.1",
    "UseDNS=no",
    "MaxStartups=100",
    `AuthorizedKeysFile=${join(home, "authorized_keys")}`,
    "Subsystem=sftp internal-sftp",
  ].flatMap((option) => ["-o", option]);
  const sshd = [
    "/usr/sbin/sshd",
    "-D",
    "-e",
    "-f",
    "/dev/null",
    "-p",
    String(port),
    "-h",
    join(home, "host"),
    ...options,
  ];
  if (!hasPassword) return [sshd[0] ?? "", sshd.slice(1)];
  const inNamespace = 'mount --bind "$0" /etc/shadow && exec "$@"';
  return ["unshare", ["-m", "sh", "-c", inNamespace, join(home, "shadow"), ...sshd]];
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    const end = (isUp: boolean) => {
      socket.destroy();
      resolve(isUp);
    };
    socket.once("data", () => end(true));
    socket.once("error", () => end(false));
  });
}
