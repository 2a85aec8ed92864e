import { z } from "zod";
import { currentInstallation } from "@/db/queries/installation";
import { defineVerb } from "@/lib/services/verb";
import { installationView } from "./view";

/** Who this installation is, and whether it pauses because it may be another one. */
export const installationGet = defineVerb({
  name: "installation.get",
  permission: "viewer",
  changes: false,
  input: z.object({}),
  run: async () => installationView(await currentInstallation()),
});
