import { PassThrough, type Readable } from "node:stream";
import type { JobIo } from "../contract";
import { startError } from "../run-error";
import { untilAborted } from "../until-aborted";
import { requireReachable } from "./access";
import { BorgMessages } from "./borg-messages";
import { borgEnvironment, borgError } from "./borg-run";
import type { OpenRepository } from "./contract";

/** How long borg waits for a lock that another program holds, seconds. */
const HOLD_WAIT_SECONDS = 5;
/** The number of the request that opens the repository. */
const OPENING = 2;

/** What borg calls an error in its answer, by the id that it has in borg's messages. */
const MESSAGE_IDS: Readonly<Record<string, string>> = {
  DoesNotExist: "Repository.DoesNotExist",
  InvalidRepository: "Repository.InvalidRepository",
  LockTimeout: "LockTimeout",
  LockFailed: "LockFailed",
};

/**
 * Holds borg's own lock for readers of a repository on this machine, so that no borg writes until it is
 * released; reading goes on. `borg serve` takes it, and gives it back when its input ends, also when this process is killed.
 * `borg with-lock` would not do: it writes to the repository each time.
 * @see https://borgbackup.readthedocs.io/en/1.2.4/internals/data-structures.html#locks
 * @returns what releases it @throws RunError where another program holds a lock, or there is no repository
 */
export async function holdBorg(repository: OpenRepository, io: JobIo): Promise<() => Promise<void>> {
  await requireReachable(repository, io);
  const { location } = repository;
  if (location.type !== "local")
    throw startError(`${repository.name} is on a server: its files cannot be held from here.`);
  const input = new PassThrough();
  const { stdout, ended } = io.tools.start("borg", ["serve", "--restrict-to-repository", location.path], {
    env: await borgEnvironment(repository, io),
    stdin: input,
    silenceMs: null,
  });
  input.write(
    Buffer.concat([request(1, "negotiate", negotiation()), request(OPENING, "open", opening(location.path))]),
  );
  const release = async () => {
    input.end();
    stdout.resume();
    await ended.catch(() => undefined);
  };
  try {
    const problem = await untilAborted(io.signal, () => answerTo(stdout, ended));
    if (problem === null) return release;
    const messages = new BorgMessages(io.log);
    messages.msgid = MESSAGE_IDS[problem] ?? problem;
    throw await borgError(repository, messages, 2);
  } catch (error) {
    await release();
    throw error;
  }
}

/** @returns what borg calls the error; null: it is open, and its lock is held */
async function answerTo(stdout: Readable, ended: Promise<unknown>): Promise<string | null> {
  let text = "";
  // As far as it is read, each byte is a character: the words that are looked for are ASCII.
  const answered = new Promise<string | null>((resolve) => {
    stdout.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (text.includes(`\u0082${shortText("i")}${String.fromCharCode(OPENING)}${shortText("r")}`)) resolve(null);
      const name = shortTextAfter(text, "exception_class");
      if (name !== null) resolve(name);
    });
  });
  return await Promise.race([answered, ended.then(() => "ConnectionClosed")]);
}

/** @returns null where it has not come yet */
function shortTextAfter(text: string, word: string): string | null {
  const at = text.indexOf(word);
  const from = at + word.length + 1;
  const length = text.charCodeAt(from - 1) & 0x1f;
  return at >= 0 && text.length >= from + length ? text.slice(from, from + length) : null;
}

const shortText = (text: string) => String.fromCharCode(0xa0 | text.length) + text;

/** One request in borg's protocol: a map in MessagePack with its number, its method and its arguments. */
function request(number: number, method: string, args: Buffer): Buffer {
  return Buffer.concat([map(3), pack("i"), Buffer.from([number]), pack("m"), pack(method), pack("a"), args]);
}

/** Named arguments came with 1.0.8: from then on an answer is a map, too. */
function negotiation(): Buffer {
  const client = Buffer.concat([
    map(2),
    pack("client_version"),
    Buffer.from([0x93, 1, 2, 4]),
    pack("log_level"),
    pack("error"),
  ]);
  return Buffer.concat([map(1), pack("client_data"), client]);
}

function opening(path: string): Buffer {
  const [no, yes] = [Buffer.from([0xc2]), Buffer.from([0xc3])];
  const args: [string, Buffer][] = [
    ["path", pack(path)],
    ["create", no],
    ["lock_wait", Buffer.from([HOLD_WAIT_SECONDS])],
    ["lock", yes],
    ["exclusive", no],
    ["append_only", no],
    ["make_parent_dirs", no],
  ];
  return Buffer.concat([map(args.length), ...args.flatMap(([name, value]) => [pack(name), value])]);
}

const map = (size: number) => Buffer.from([0x80 | size]);

/** @see https://github.com/msgpack/msgpack/blob/master/spec-old.md: borg 1 writes texts as raw bytes */
function pack(text: string): Buffer {
  const bytes = Buffer.from(text);
  if (bytes.length < 32) return Buffer.concat([Buffer.from([0xa0 | bytes.length]), bytes]);
  const head = Buffer.from([0xda, 0, 0]);
  head.writeUInt16BE(bytes.length, 1);
  return Buffer.concat([head, bytes]);
}
