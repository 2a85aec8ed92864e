"use server";

import { profilesCreate } from "@/lib/services/profiles/create";
import { profilesDelete } from "@/lib/services/profiles/delete";
import { profilesUpdate } from "@/lib/services/profiles/update";
import { action } from "@/lib/web/action";

export const createRuleProfileAction = action(profilesCreate);
export const updateRuleProfileAction = action(profilesUpdate);
export const deleteRuleProfileAction = action(profilesDelete);
