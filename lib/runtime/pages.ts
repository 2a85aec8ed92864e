import next from "next";
import type { Pages } from "@/lib/server/front";

/**
 * Starts Next behind our own server.
 * @param root the checkout, where `.next` and `app` are
 * @returns its request handler and how to end it
 */
export async function openPages(options: {
  root: string;
  isDevelopment: boolean;
  hostname: string;
  port: number;
}): Promise<{ handle: Pages; close(): Promise<void> }> {
  const { root, isDevelopment, hostname, port } = options;
  const app = next({ dev: isDevelopment, dir: root, hostname, port, quiet: !isDevelopment });
  await app.prepare();
  const handle = app.getRequestHandler();
  return { handle: (request, response) => handle(request, response), close: () => app.close() };
}
