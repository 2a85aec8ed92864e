import { createSocket } from "node:dgram";
import { createServer } from "node:net";

/** Below the ports that Linux and macOS hand out to servers that listen on port 0: a server of another test never gets one of these. */
const FIRST = 20_000;
const COUNT = 10_000;
/** A claim stands this far below its port: the program under test may want the UDP port of the same number itself, for HTTP/3. */
const CLAIM_BELOW = 10_000;

/**
 * A port on loopback that nobody listens on, and that no other test gets as long as this process lives: a program that is started on it,
 * also a second time, is alone there, over TCP and UDP. The claim is a UDP socket on another number, which the system drops with the process.
 */
export async function freePort(): Promise<number> {
  const start = Math.floor(Math.random() * COUNT);
  for (let offset = 0; offset < COUNT; offset++) {
    const port = FIRST + ((start + offset) % COUNT);
    if ((await isFree(port)) && (await claim(claimOf(port)))) return port;
  }
  throw new Error(`None of the ports ${FIRST} to ${FIRST + COUNT - 1} is free.`);
}

/** The UDP port whose socket stands for the claim on this port. */
export const claimOf = (port: number): number => port - CLAIM_BELOW;

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once("error", () => resolve(false));
    probe.listen(port, "127.0.0.1", () => probe.close(() => resolve(true)));
  });
}

function claim(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket("udp4");
    socket.once("error", () => {
      socket.close();
      resolve(false);
    });
    socket.bind({ port, address: "127.0.0.1", exclusive: true }, () => {
      socket.unref();
      resolve(true);
    });
  });
}
