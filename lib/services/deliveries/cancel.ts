import { z } from "zod";
import { cancelDelivery } from "@/db/stores/delivery-control";
import { idField } from "@/lib/services/page";
import { defineVerb } from "@/lib/services/verb";
import { control } from "./control";

/** Takes a delivery that has not been sent out of the outbox. */
export const deliveriesCancel = defineVerb({
  name: "deliveries.cancel",
  permission: "operator",
  changes: true,
  input: z.object({ id: idField }),
  async run(context, { id }) {
    return control(context, id, cancelDelivery, "canceled", "Only what still waits can be canceled.");
  },
});
