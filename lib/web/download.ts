import { Readable } from "node:stream";
import type { FileAnswer } from "@/lib/services/openapi/operation";

/** Answers with a file that the browser saves. @see https://www.rfc-editor.org/rfc/rfc6266 */
export function download(file: FileAnswer): Response {
  const { name } = file;
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name.replace(/\p{Surrogate}/gu, "_")).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16)}`,
  );
  const body =
    "stream" in file ? (Readable.toWeb(file.stream) as ReadableStream<Uint8Array>) : new Uint8Array(file.bytes);
  const length = "stream" in file ? file.bytes : file.bytes.byteLength;
  return new Response(body, {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`,
      "cache-control": "no-store",
      ...(length !== null && { "content-length": String(length) }),
    },
  });
}
