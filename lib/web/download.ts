import { Readable } from "node:stream";

/** A file to be sent as it is: all at once, or as it is read. */
type Attachment = { name: string; bytes: Uint8Array } | { name: string; bytes: number; stream: Readable };

/** Answers with a file that the browser saves. @see https://www.rfc-editor.org/rfc/rfc6266 */
export function download(file: Attachment): Response {
  const { name } = file;
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, "_");
  const encoded = encodeURIComponent(name.replace(/\p{Surrogate}/gu, "_")).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16)}`,
  );
  const body =
    "stream" in file ? (Readable.toWeb(file.stream) as ReadableStream<Uint8Array>) : new Uint8Array(file.bytes);
  return new Response(body, {
    headers: {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`,
      "cache-control": "no-store",
      "content-length": String("stream" in file ? file.bytes : file.bytes.byteLength),
    },
  });
}
