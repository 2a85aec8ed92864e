import { bodyTooLarge, readJsonBody } from "@/lib/core/request-body";

/**
 * The JSON of a request, `{}` when it has no body.
 * @throws AppError `too_large`; `invalid` for another content type or broken JSON
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  return readJsonBody(await readText(request, maxBytes), request.headers.get("content-type"));
}

async function readText(request: Request, maxBytes: number): Promise<string> {
  if (!request.body) return "";
  const reader = request.body.getReader();
  const chunks: Uint8Array[] = [];
  let size = 0;
  for (let next = await reader.read(); !next.done; next = await reader.read()) {
    size += next.value.byteLength;
    if (size > maxBytes) {
      await reader.cancel();
      throw bodyTooLarge(maxBytes);
    }
    chunks.push(next.value);
  }
  return Buffer.concat(chunks).toString("utf8");
}
