import { z } from "zod";
import { resendDelivery } from "@/db/stores/delivery-control";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { moveDelivery } from "./control";

/** Sends a settled delivery again, on the same line of the log. */
export const deliveriesResend = defineVerb({
  name: "deliveries.resend",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run(context, { id }) {
    return moveDelivery(
      context,
      id,
      resendDelivery,
      "pending",
      "Only a sent, dead or canceled delivery can be sent again; a Test cannot.",
    );
  },
});
