import { allProviders } from "@/lib/providers/registry";
import type { FormTarget, ServiceForForms } from "./service";

/** The small service for each provider of the registry: `forForms` of the file that is named after the provider's id. */
export const EVERY_SERVICE: readonly ServiceForForms<FormTarget>[] = await Promise.all(
  allProviders().map(async ({ id }) => {
    const { forForms } = (await import(`./${id}.ts`)) as { forForms: ServiceForForms<FormTarget> };
    return forForms;
  }),
);
