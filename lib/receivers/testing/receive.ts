import { readAddress } from "../address";
import type { Reading } from "../contract";
import { receiverById } from "../registry";

interface Sent {
  headers?: Record<string, string>;
  body?: string | Buffer;
  isCut?: boolean;
}

/** A token for tests. */
export const TOKEN = "aaaabbbbccccdddd1234";
export const RECEIVED_AT = Date.UTC(2026, 10, 27, 16);

/**
 * Reads a request as it comes from the wire.
 * @param line method and target: `POST /in/<token>/fail`; `TOKEN` in it stands for the token
 * @throws Error for what is no receiver's address
 */
export function receive(line: string, { headers = {}, body = "", isCut = false }: Sent = {}): Reading {
  const at = line.indexOf(" ");
  const header = (name: string) => headers[name];
  const address = readAddress(line.slice(at + 1).replaceAll("TOKEN", TOKEN), header);
  const receiver = address && receiverById(address.receiver);
  if (!address || !receiver) throw new Error(`No receiver's address: ${line}`);
  const { path, query } = address;
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(body);
  return receiver.read({ method: line.slice(0, at), path, query, header, receivedAt: RECEIVED_AT, body: bytes, isCut });
}
