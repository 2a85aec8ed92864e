import { AppError } from "@/lib/core/errors";
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

/**
 * The fields of a form; files as their bytes. The HTTP server limits its size.
 * @throws AppError `invalid` when the body is no form
 */
export async function readForm(request: Request): Promise<Record<string, unknown>> {
  try {
    const fields: Record<string, unknown> = {};
    for (const [name, value] of await request.formData()) {
      fields[name] = typeof value === "string" ? value : new Uint8Array(await value.arrayBuffer());
    }
    return fields;
  } catch (error) {
    throw new AppError("invalid", "The form cannot be read.", { cause: error });
  }
}
