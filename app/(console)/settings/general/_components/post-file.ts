import type { ActionError, ActionResult } from "@/lib/core/action-error";

/**
 * Calls the management API with this browser's session: for files, which no server action carries.
 * @returns the answer, or the refusal as a form shows it; never throws
 */
export async function postFile(path: string, body: FormData | Record<string, string>): Promise<ActionResult<Response>> {
  try {
    const isForm = body instanceof FormData;
    const response = await fetch(path, {
      method: "POST",
      body: isForm ? body : JSON.stringify(body),
      ...(!isForm && { headers: { "content-type": "application/json" } }),
    });
    if (response.ok) return { ok: true, value: response };
    const { error } = (await response.json()) as { error: ActionError };
    return { ok: false, error };
  } catch {
    return { ok: false, error: { code: "unavailable", message: "Belfry did not answer. Try again in a moment." } };
  }
}

/** Saves an answer's body as a file under the name that the server gave it. */
export async function saveFile(response: Response): Promise<void> {
  const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name ?? "belfry-configuration.belfry";
  link.click();
  // The browser reads it after this task: let go later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
