import type { ActionError, ActionResult } from "@/lib/core/action-error";

/**
 * Calls the management API with the session of this browser: for files, which server actions cannot carry.
 * @returns the response, or the error as forms show it; never throws
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

/** Saves the body of a response under the file name given by the server. */
export async function saveFile(response: Response): Promise<void> {
  const name = /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1];
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement("a");
  link.href = url;
  link.download = name ?? "belfry-configuration.belfry";
  link.click();
  // The browser reads it after this task: release it later.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
