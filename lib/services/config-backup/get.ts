import { z } from "zod";
import { defineVerb } from "@/lib/services/verb";
import { configBackupView } from "./view";

export const configBackupGet = defineVerb({
  name: "configBackup.get",
  permission: "admin",
  changes: false,
  input: z.object({}),
  run: () => configBackupView(),
});
