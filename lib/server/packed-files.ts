import { createReadStream, existsSync, readdirSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { extname, join } from "node:path";
import { pipeline } from "node:stream";
import type { Pages } from "./http-server";

const ADDRESS = "/_next/static/";
const PACKED = ".br";
const TYPES: Record<string, string> = {
  ".js": "application/javascript; charset=UTF-8",
  ".css": "text/css; charset=UTF-8",
};

/**
 * Puts the scripts and styles that the build has packed with Brotli before Next, which would pack each anew, and with gzip: an
 * eighth more goes over the wire then. What was not packed, or a client does not take packed, is Next's.
 * @param folder what Next serves under `/_next/static`
 */
export function withPackedFiles(folder: string, pages: Pages): Pages {
  // Known by name: no path that a request makes up is looked for.
  const packed = new Set(listPacked(folder));
  return async (request, response) => {
    const file = packedFileOf(request);
    if (file === null || !packed.has(file)) return pages(request, response);
    sendPacked(request, response, folder, file);
  };
}

function listPacked(folder: string): string[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true })
    .map((name) => String(name).replaceAll("\\", "/"))
    .filter((name) => name.endsWith(PACKED) && TYPES[extname(name.slice(0, -PACKED.length))]);
}

/** The packed file that a request could be answered with; null for none. */
function packedFileOf({ method, url = "", headers }: IncomingMessage): string | null {
  if ((method !== "GET" && method !== "HEAD") || !url.startsWith(ADDRESS)) return null;
  if (!/(^|,)\s*br\s*(,|$)/.test(String(headers["accept-encoding"] ?? ""))) return null;
  const [path = ""] = url.slice(ADDRESS.length).split("?");
  return `${path}${PACKED}`;
}

function sendPacked(request: IncomingMessage, response: ServerResponse, folder: string, file: string): void {
  response.writeHead(200, {
    "content-type": TYPES[extname(file.slice(0, -PACKED.length))],
    "content-encoding": "br",
    vary: "accept-encoding",
    // Its name holds a hash of its content.
    "cache-control": "public, max-age=31536000, immutable",
  });
  if (request.method === "HEAD") {
    response.end();
    return;
  }
  // A reader that went away, or a file that a new build removed: the connection ends.
  pipeline(createReadStream(join(folder, file)), response, () => {});
}
