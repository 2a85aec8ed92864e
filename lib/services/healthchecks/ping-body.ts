import { z } from "zod";
import { textOfReport } from "@/db/queries/healthchecks";
import { AppError } from "@/lib/core/errors";
import { defineVerb } from "@/lib/services/verb";
import { checkIdField, findCheck } from "./find-check";

/** The text of one report, without secrets; of a long one the beginning and the end. */
export const healthchecksPingBody = defineVerb({
  name: "healthchecks.pingBody",
  permission: "operator",
  changes: false,
  input: z.object({
    id: checkIdField,
    /** As the list of reports counts them. */
    n: z.coerce
      .number("Enter the number of a ping.")
      .int("Enter the number of a ping.")
      .min(1, "Enter the number of a ping.")
      .max(2 ** 31, "There are not so many pings."),
  }),
  async run(_, { id, n }) {
    const { jobId, pings } = await findCheck(id);
    const text = n > pings ? null : await textOfReport(jobId, pings - n);
    if (text === null) throw new AppError("not_found", "not found");
    return { text };
  },
});
