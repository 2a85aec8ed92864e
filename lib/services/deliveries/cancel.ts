import { z } from "zod";
import { cancelDelivery } from "@/db/stores/delivery-control";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { moveDelivery } from "./control";

/** Cancels a delivery that has not been sent. */
export const deliveriesCancel = defineVerb({
  name: "deliveries.cancel",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run(context, { id }) {
    return moveDelivery(context, id, cancelDelivery, "canceled", "Only a waiting delivery can be canceled.");
  },
});
