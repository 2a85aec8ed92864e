"use server";

import { usersCreate } from "@/lib/services/users/create";
import { usersDelete } from "@/lib/services/users/delete";
import { usersDisable, usersEnable } from "@/lib/services/users/enable";
import { usersInvite } from "@/lib/services/users/invite";
import { usersUnlock } from "@/lib/services/users/unlock";
import { usersUpdate } from "@/lib/services/users/update";
import { action } from "@/lib/web/action";

export const createUser = action(usersCreate, { withOrigin: true });
export const updateUser = action(usersUpdate);
export const disableUser = action(usersDisable);
export const enableUser = action(usersEnable);
export const unlockUser = action(usersUnlock);
export const inviteUser = action(usersInvite, { withOrigin: true });
export const deleteUser = action(usersDelete);
