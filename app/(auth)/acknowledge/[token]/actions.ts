"use server";

import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { acknowledgeLinksUse } from "@/lib/services/acknowledge-links/acknowledge-link";
import { formAction } from "@/lib/web/form-action";
import { textFields } from "@/lib/web/form-text";
import { callerAddress } from "@/lib/web/request";

/** Acknowledges the alert of a link; the page then says by whom and when. */
export const acknowledgeAction = formAction(acknowledgeLinksUse, {
  input: async (form) => ({ ...textFields(form), address: callerAddress(await headers()) }),
  after: (_, form) => redirect(`/acknowledge/${encodeURIComponent(textFields(form).token ?? "")}`),
});
