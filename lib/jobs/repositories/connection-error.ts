import type { RepositoryKind } from "@/lib/core/repository";
import { type RunError, startError } from "../run-error";
import type { OpenRepository } from "./contract";

/** What ssh and the shell behind it say, and what that means. */
const CAUSES: readonly { words: RegExp; sentence(host: string, program: RepositoryKind): string; advice: string }[] = [
  {
    words: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED|host key is known/i,
    sentence: (host) => `${host} does not show the host key that was accepted for it.`,
    advice:
      "Find out why it changed: somebody may be in between. Where it is right, accept the new key in the settings.",
  },
  {
    words: /Permission denied|Too many authentication failures|Load key /i,
    sentence: (host) => `${host} does not let Belfry sign in.`,
    advice:
      "Check the user and the private key, which must be without a passphrase, and authorized_keys on the server.",
  },
  {
    words: /Could not resolve hostname/i,
    sentence: (host) => `The name ${host} cannot be resolved.`,
    advice: "Check how the name is written.",
  },
  {
    words: /Connection refused|No route to host|Network is unreachable|Connection timed out|Operation timed out/i,
    sentence: (host) => `${host} cannot be reached by SSH.`,
    advice: "Check that the server runs and that its port is the one in the location.",
  },
  {
    words: /command not found|borg: not found/i,
    sentence: (host, program) => `${program} is not installed on ${host}.`,
    advice: "Install it there: apt install borgbackup",
  },
  {
    words: /ConnectionClosed|Connection closed by remote|Broken pipe|Is borg working on the server|subprocess ssh: /i,
    sentence: (host) => `The connection to ${host} broke off.`,
    advice: "Check the network and the server, and try again.",
  },
];

/** @returns null where the words say nothing about the connection */
export function serverError({ location }: OpenRepository, words: string, program: RepositoryKind): RunError | null {
  if (location.type !== "server") return null;
  const cause = CAUSES.find((one) => one.words.test(words));
  return cause ? startError(cause.sentence(location.host, program), cause.advice) : null;
}
