import { systemCode } from "../run-error";

const SENTENCES: Readonly<Record<string, (server: string) => string>> = {
  ECONNREFUSED: (server) => `${server} refuses the connection.`,
  ECONNRESET: (server) => `${server} closed the connection.`,
  EPIPE: (server) => `${server} closed the connection.`,
  ENOTFOUND: (server) => `There is no host of the name ${server}.`,
  EAI_AGAIN: (server) => `The name ${server} could not be looked up.`,
  ETIMEDOUT: (server) => `${server} does not answer.`,
  EHOSTUNREACH: (server) => `There is no way to ${server} in the network.`,
  ENETUNREACH: (server) => `There is no way to ${server} in the network.`,
};

const ADVICE: Readonly<Record<string, string>> = {
  ENOTFOUND: "Check the name.",
  EAI_AGAIN: "Check the name servers of this machine.",
};

/** An error of a connection in words. @returns null for any other error */
export function unreachable(error: unknown, server: string): { code: string; sentence: string; advice: string } | null {
  // The first of several addresses stands for all.
  const first: unknown = error instanceof AggregateError ? error.errors[0] : error;
  const code = systemCode(error) || systemCode(first);
  const sentence = SENTENCES[code]?.(server);
  return sentence ? { code, sentence, advice: ADVICE[code] ?? "Is it running, and connected?" } : null;
}
