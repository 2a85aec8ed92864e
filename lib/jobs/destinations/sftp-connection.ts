import type { Client, ConnectConfig, SFTPWrapper } from "ssh2";
import type { EndpointIo } from "../contract";
import { RunError, startError } from "../run-error";
import { untilAborted } from "../until-aborted";
import type { SftpConfig } from "./sftp-config";
import { connectionError, privateKeyError, serverName } from "./sftp-error";
import {
  type HostKey,
  hostKeyAlgorithms,
  hostKeyOf,
  hostKeyText,
  type PinnedKeys,
  readPinnedKeys,
} from "./sftp-host-key";

/** How long a server may take until it is ready, milliseconds. */
const READY_MS = 20_000;
/** A server that says nothing for four of these is gone, milliseconds. */
const KEEPALIVE_MS = 15_000;
/** How long the closing of a connection is waited for, milliseconds. */
const CLOSE_MS = 1_000;

type Done<T> = (error: Error | null | undefined, value?: T) => void;

/** One connection of one operation. */
export interface SftpConnection {
  /** Does one operation. @throws the server's answer, or that the connection was lost, also while it waits */
  call<T>(start: (sftp: SFTPWrapper, done: Done<T>) => void): Promise<T>;
  close(): Promise<void>;
}

/**
 * Connects and signs in. A server that is not the pinned one gets no password.
 * @throws RunError of kind `cannot_start`; the reason of the signal
 */
export async function connectSftp(config: SftpConfig, { signal }: Pick<EndpointIo, "signal">): Promise<SftpConnection> {
  const { default: ssh2 } = await import("ssh2");
  signal.throwIfAborted();
  const pinned = readPinnedKeys(config.hostKey ?? "");
  const client = new ssh2.Client();
  const link = new Link(client, config);
  try {
    if (config.privateKey) requireKey(ssh2.utils.parseKey(keyText(config.privateKey), config.passphrase));
    const options = connectOptions(config, pinned, (shown) => link.end(hostKeyError(config, pinned, shown)));
    await untilAborted(signal, () => link.open(options));
    const destroy = () => void client.destroy();
    signal.addEventListener("abort", destroy, { once: true });
    client.once("close", () => signal.removeEventListener("abort", destroy));
    return link;
  } catch (error) {
    client.destroy();
    throw signal.aborted ? signal.reason : connectionError(error, config);
  }
}

/** Does something with a connection of its own, and closes it. */
export async function withSftp<T>(
  config: SftpConfig,
  io: Pick<EndpointIo, "signal">,
  work: (connection: SftpConnection) => Promise<T>,
): Promise<T> {
  const connection = await connectSftp(config, io);
  try {
    return await work(connection);
  } finally {
    await connection.close();
  }
}

/** The library calls nobody back once the connection is gone: every call is ended here. */
class Link implements SftpConnection {
  private sftp: SFTPWrapper | null = null;
  private lost: Error | null = null;
  private readonly waiting = new Set<(error: Error) => void>();
  private readonly closed: Promise<void>;

  constructor(
    private readonly client: Client,
    config: SftpConfig,
  ) {
    const { password } = config;
    const lost = (cause?: unknown) =>
      new RunError(`The connection to ${serverName(config)} was lost.`, {
        advice: "Is the server running, and the network up?",
        cause,
      });
    // A request and its answer are small packets: each would wait for the last one to be acknowledged.
    client.once("connect", () => client.setNoDelay(true));
    // Stays for as long as the client lives: an error that nobody hears would end the process.
    client.on("error", (error: Error) => this.end(this.sftp ? lost(error) : error));
    this.closed = new Promise((resolve) => {
      client.once("close", () => {
        this.end(lost());
        resolve();
      });
    });
    client.on("keyboard-interactive", (_name, _text, _language, prompts, answer) => {
      // One question that hides what is typed: that is the password.
      answer(prompts.map(({ echo }) => (echo ? "" : (password ?? ""))));
    });
  }

  async open(options: ConnectConfig): Promise<void> {
    await this.orLost<void>((done) => {
      this.client.once("ready", () => done(null));
      this.client.connect(options);
    });
    this.sftp = await this.orLost<SFTPWrapper>((done) => this.client.sftp(done)).catch((error: unknown) => {
      throw startError("The server lets the user sign in, but offers no SFTP.", "Switch SFTP on there.", error);
    });
  }

  call<T>(start: (sftp: SFTPWrapper, done: Done<T>) => void): Promise<T> {
    return this.orLost((done) => {
      if (this.sftp) start(this.sftp, done);
    });
  }

  async close(): Promise<void> {
    this.client.end();
    await untilAborted(AbortSignal.timeout(CLOSE_MS), () => this.closed).catch(() => this.client.destroy());
  }

  private orLost<T>(start: (done: Done<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.lost) {
        reject(this.lost);
        return;
      }
      const settle = (error: Error | null | undefined, value?: T) => {
        this.waiting.delete(reject);
        if (!error) resolve(value as T);
        // What the library says about requests that a lost connection left is of no interest.
        else if (this.lost) reject(this.lost);
        else reject(error);
      };
      this.waiting.add(reject);
      try {
        start(settle);
      } catch (error) {
        settle(error instanceof Error ? error : new Error(String(error)));
      }
    });
  }

  /** Fails whatever waits, now and later. The first reason is the one that counts. */
  end(error: Error): void {
    this.lost ??= error;
    for (const reject of this.waiting) reject(this.lost);
    this.waiting.clear();
  }
}

function connectOptions(
  { host, port, user, password, privateKey, passphrase }: SftpConfig,
  pinned: PinnedKeys | null,
  refuse: (shown: HostKey) => void,
): ConnectConfig {
  const serverHostKey = pinned && hostKeyAlgorithms(pinned);
  return {
    host: host.replace(/^\[|\]$/g, ""),
    port,
    username: user,
    ...(password && { password, tryKeyboard: true }),
    ...(privateKey && { privateKey: keyText(privateKey), passphrase }),
    readyTimeout: READY_MS,
    keepaliveInterval: KEEPALIVE_MS,
    ...(serverHostKey && {
      algorithms: { serverHostKey: serverHostKey as NonNullable<ConnectConfig["algorithms"]>["serverHostKey"] },
    }),
    hostVerifier: (blob: Buffer) => {
      const shown = hostKeyOf(blob);
      if (pinned?.fingerprints.has(shown.fingerprint)) return true;
      refuse(shown);
      return false;
    },
  };
}

/** A form takes the line break at the end away, which some parsers need. */
const keyText = (key: string) => `${key.trim()}\n`;

function requireKey(parsed: unknown): void {
  if (parsed instanceof Error) throw privateKeyError(parsed);
}

function hostKeyError(config: SftpConfig, pinned: PinnedKeys | null, shown: HostKey): RunError {
  const server = serverName(config);
  const value = hostKeyText(shown);
  const [what, advice] = pinned
    ? [
        `${server} identifies itself with another key than the one that was accepted: ${value}. Somebody may stand between, so nothing was sent.`,
        "If the server was set up anew, compare this with its own key, and enter it as the host key. Otherwise find out who answers there.",
      ]
    : [
        `${server} identifies itself with the key ${value}. Nobody has accepted it yet, so nothing was sent.`,
        "Compare it with what “ssh-keygen -l -f /etc/ssh/ssh_host_ed25519_key.pub” prints on the server. If it is the same, enter it as the host key.",
      ];
  return new RunError(what, { kind: "cannot_start", advice, proposal: { field: "hostKey", value } });
}
