"use server";

import { artifactsRestore } from "@/lib/services/artifacts/restore";
import { action } from "@/lib/web/action";

export const restoreArtifact = action(artifactsRestore);
