import { readFileSync } from "node:fs";
import { join } from "node:path";
import next from "next";
import { giveNextItsConfig } from "@/lib/env";
import type { Pages } from "@/lib/server/http-server";
import { withPackedFiles } from "@/lib/server/packed-files";

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
  // The configuration of the build; otherwise Next would load a TypeScript compiler of 30 MB into the server to read its file again.
  if (!isDevelopment) giveNextItsConfig(builtConfig(root));
  const app = next({ dev: isDevelopment, dir: root, hostname, port, quiet: !isDevelopment });
  await app.prepare();
  const handler = app.getRequestHandler();
  const handle: Pages = (request, response) => handler(request, response);
  return {
    handle: isDevelopment ? handle : withPackedFiles(join(root, ".next", "static"), handle),
    close: () => app.close(),
  };
}

function builtConfig(root: string): string {
  const built = JSON.parse(readFileSync(join(root, ".next", "required-server-files.json"), "utf8")) as {
    config: unknown;
  };
  return JSON.stringify(built.config);
}
