"use server";

import { sourcesCreate } from "@/lib/services/sources/create";
import { sourcesDelete } from "@/lib/services/sources/delete";
import { sourcesTestDraft } from "@/lib/services/sources/test-draft";
import { sourcesUpdate } from "@/lib/services/sources/update";
import { action } from "@/lib/web/action";

export const createSource = action(sourcesCreate);
export const updateSource = action(sourcesUpdate);
export const deleteSource = action(sourcesDelete);
export const testSourceDraft = action(sourcesTestDraft);
