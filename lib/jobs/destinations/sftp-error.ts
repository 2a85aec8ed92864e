import { messageOf } from "@/lib/core/errors";
import { isRunError, RunError, type RunErrorKind, startError } from "../run-error";
import type { SftpConfig } from "./sftp-config";
import { unreachable } from "./unreachable";

/** Status codes of the SFTP protocol, version 3: draft-ietf-secsh-filexfer-02, section 7. */
export const SFTP_STATUS = { NO_SUCH_FILE: 2, PERMISSION_DENIED: 3, FAILURE: 4, OP_UNSUPPORTED: 8 } as const;

/** `nas.example:22`, as sentences name the server. */
export function serverName({ host, port }: Pick<SftpConfig, "host" | "port">): string {
  const name = host.includes(":") && !host.startsWith("[") ? `[${host}]` : host;
  return port === 22 ? name : `${name}:${port}`;
}

/** The status code of a server's answer to an operation; null: it is no such answer. */
export function sftpStatus(error: unknown): number | null {
  const code = (error as { code?: unknown } | null)?.code;
  return typeof code === "number" ? code : null;
}

/**
 * An error of an operation as a RunError.
 * @param what begins the sentence: `The folder /srv/backups on nas.example`
 */
export function sftpError(error: unknown, what: string, user: string, kind: RunErrorKind = "failed"): RunError {
  if (isRunError(error)) return error;
  const options = { kind, cause: error };
  switch (sftpStatus(error)) {
    case SFTP_STATUS.NO_SUCH_FILE:
      return new RunError(`${what} does not exist.`, options);
    case SFTP_STATUS.PERMISSION_DENIED:
      return new RunError(`${what} may not be accessed by ${user}.`, {
        ...options,
        advice: `Give ${user} the right to read and write there.`,
      });
    default:
      return new RunError(`${what} cannot be used. The server says: ${messageOf(error)}`, options);
  }
}

/** An error from before the connection was ready: nothing was read or written. */
export function connectionError(error: unknown, config: SftpConfig): RunError {
  if (isRunError(error)) return error;
  const server = serverName(config);
  const { level } = (error ?? {}) as { level?: unknown };
  const words = messageOf(error);
  if (level === "client-authentication") return refusedSignIn(config, error);
  if (level === "client-timeout") {
    return startError(`${server} does not answer as an SSH server does.`, "Is this the port of its SSH server?", error);
  }
  const known = unreachable(error, server);
  if (known) {
    const isRefused = known.code === "ECONNREFUSED";
    return startError(
      known.sentence,
      isRefused ? "Is the SSH server running, and is this its port?" : known.advice,
      error,
    );
  }
  return startError(`No SSH connection to ${server} could be made: ${words}.`, null, error);
}

function refusedSignIn(config: SftpConfig, cause: unknown): RunError {
  const { user, password, privateKey } = config;
  const [what, advice] = privateKey
    ? password
      ? ["neither the private key nor the password", "Check both, and that the public key is in authorized_keys there."]
      : [
          "the private key",
          "Is its public half in authorized_keys of this user, and may only the user write to that file?",
        ]
    : ["the password", "Check user and password, and that the server lets this user sign in with a password."];
  return startError(`${serverName(config)} does not accept ${what} of ${user}.`, advice, cause);
}

/** An error while the private key is read, before anything is sent. */
export function privateKeyError(error: unknown): RunError {
  const words = messageOf(error);
  if (/no passphrase given/i.test(words)) {
    return startError("The private key is encrypted.", "Enter its passphrase under Advanced.", error);
  }
  if (/integrity check failed|bad passphrase|bad decrypt/i.test(words)) {
    return startError("The passphrase does not open the private key.", "Enter the passphrase of this key.", error);
  }
  return startError(
    "The private key cannot be read.",
    "Enter the whole file, from BEGIN to END: an OpenSSH key, or an RSA or EC key as PEM.",
    error,
  );
}
