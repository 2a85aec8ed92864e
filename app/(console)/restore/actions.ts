"use server";

import { artifactsAccept } from "@/lib/services/artifacts/accept";
import { artifactsOutlook } from "@/lib/services/artifacts/outlook";
import { artifactsRestore } from "@/lib/services/artifacts/restore";
import { artifactsTestRestore } from "@/lib/services/artifacts/test-restore";
import { action } from "@/lib/web/action";

export const restoreArtifact = action(artifactsRestore);
export const restoreOutlook = action(artifactsOutlook);
export const testArtifactRestore = action(artifactsTestRestore);
export const acceptArtifact = action(artifactsAccept);
