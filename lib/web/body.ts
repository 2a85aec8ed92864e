import { AppError } from "@/lib/core/errors";
import { parseJson } from "@/lib/core/parse-json";

/**
 * The JSON of a request, `{}` when it has no body.
 * @throws AppError `too_large`; `invalid` for another content type or broken JSON
 */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  const text = await readText(request, maxBytes);
  if (text === "") return {};
  const type = request.headers.get("content-type") ?? "";
  if (!/^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(type)) {
    throw new AppError("invalid", "Send JSON, with the header Content-Type: application/json.");
  }
  try {
    return parseJson(text);
  } catch (error) {
    throw new AppError("invalid", `The body is not valid JSON: ${(error as Error).message}.`);
  }
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
      throw new AppError("too_large", `The body has more than ${Math.floor(maxBytes / 1_000_000)} MB.`);
    }
    chunks.push(next.value);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/**
 * The fields of a form; files as their bytes. How large it may be is the server in front's to say.
 * @throws AppError `invalid` when it is none
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
