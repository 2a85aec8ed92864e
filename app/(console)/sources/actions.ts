"use server";

import { sourcesCreate, sourcesDelete, sourcesTestDraft, sourcesUpdate } from "@/lib/services/sources/verbs";
import { action } from "@/lib/web/action";

export const createSource = action(sourcesCreate);
export const updateSource = action(sourcesUpdate);
export const deleteSource = action(sourcesDelete);
export const testSourceDraft = action(sourcesTestDraft);
