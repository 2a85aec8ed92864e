import { revalidatePath } from "next/cache";
import { headers } from "next/headers";
import type { z } from "zod";
import { currentActor } from "@/lib/auth/next";
import { type ActionResult, toActionError } from "@/lib/core/action-error";
import type { Verb } from "@/lib/services/verb";
import { originOf } from "./request";

export interface ActionOptions {
  /** Paths whose pages are refreshed after success. */
  refresh?: string[];
  /** Adds `origin`, the address under which the browser sees Belfry, to the input. */
  withOrigin?: boolean;
}

/**
 * A verb as a server action. It never throws: every result is an answer that a form can show.
 * Use it in a file that begins with "use server".
 */
export function action<S extends z.ZodType, O>(
  verb: Verb<S, O>,
  options: ActionOptions = {},
): (input: z.input<S>) => Promise<ActionResult<O>> {
  return async (input) => {
    try {
      const raw = options.withOrigin ? { ...Object(input), origin: originOf(await headers()) } : input;
      const value = await verb.call(await currentActor(), raw);
      for (const path of options.refresh ?? []) revalidatePath(path);
      return { ok: true, value };
    } catch (error) {
      return { ok: false, error: toActionError(error, verb.name) };
    }
  };
}
