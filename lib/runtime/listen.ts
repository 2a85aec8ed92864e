import type { Server } from "node:net";
import { AppError } from "@/lib/core/errors";

/**
 * Begins to listen. `::` takes every interface, of both families, and IPv4 alone where there is no other.
 * @param names the variables that set address and port
 * @throws AppError `unavailable` that names the port and what to do
 */
export async function listen(
  server: Server,
  host: string,
  port: number,
  names = { port: "PORT", host: "HOST" },
): Promise<void> {
  try {
    await listenOnce(server, host, port);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (host === "::" && (code === "EAFNOSUPPORT" || code === "EADDRNOTAVAIL"))
      return listenOnce(server, "0.0.0.0", port);
    throw new AppError("unavailable", listenError(code, host, port, names), { cause: error });
  }
}

function listenOnce(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host, port }, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

function listenError(
  code: string | undefined,
  host: string,
  port: number,
  names: { port: string; host: string },
): string {
  if (code === "EADDRINUSE") return `Port ${port} is taken by another program. Choose another one with ${names.port}.`;
  if (code === "EACCES")
    return `Port ${port} is for programs with more rights. Choose one above 1023 with ${names.port}.`;
  return `It cannot listen on ${host}, port ${port} (${code}). Look at ${names.host} and ${names.port}.`;
}
