import { z } from "zod";
import { resendDelivery } from "@/db/stores/delivery-control";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { control } from "./control";

/** A new attempt on the same row of the log. */
export const deliveriesResend = defineVerb({
  name: "deliveries.resend",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run(context, { id }) {
    return control(
      context,
      id,
      resendDelivery,
      "pending",
      "Only what was sent, is dead or was canceled can be sent again; a Test cannot.",
    );
  },
});
