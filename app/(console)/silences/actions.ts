"use server";

import { matchingPreview } from "@/lib/services/matching/preview";
import { silencesCreate } from "@/lib/services/silences/create";
import { silencesDelete } from "@/lib/services/silences/delete";
import { silencesUpdate } from "@/lib/services/silences/update";
import { action } from "@/lib/web/action";

export const createSilenceAction = action(silencesCreate);
export const updateSilenceAction = action(silencesUpdate);
export const deleteSilenceAction = action(silencesDelete);
export const previewMatchAction = action(matchingPreview);
