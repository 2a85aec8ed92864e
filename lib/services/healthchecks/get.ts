import { z } from "zod";
import { linkBase } from "@/lib/dispatch/send/installation";
import { defineVerb } from "@/lib/services/verb";
import { checkIdField, findCheck } from "./find-check";
import { checkView } from "./view";

/** One external job as Healthchecks describes a check. */
export const healthchecksGet = defineVerb({
  name: "healthchecks.get",
  permission: "viewer",
  changes: false,
  input: z.object({ id: checkIdField }),
  run: async ({ now }, { id }) => checkView(await findCheck(id), (await linkBase(undefined)) ?? "", now),
});
