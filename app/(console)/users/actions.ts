"use server";

import { usersCreate } from "@/lib/services/users/create";
import { usersDelete } from "@/lib/services/users/delete";
import { usersDisable, usersEnable } from "@/lib/services/users/enable";
import { usersInvite } from "@/lib/services/users/invite";
import { usersSignOut } from "@/lib/services/users/sign-out";
import { usersUnlock } from "@/lib/services/users/unlock";
import { usersUpdate } from "@/lib/services/users/update";
import { action } from "@/lib/web/action";

export const createUserAction = action(usersCreate, { withOrigin: true });
export const updateUserAction = action(usersUpdate);
export const disableUserAction = action(usersDisable);
export const enableUserAction = action(usersEnable);
export const unlockUserAction = action(usersUnlock);
export const signOutUserAction = action(usersSignOut);
export const inviteUserAction = action(usersInvite, { withOrigin: true });
export const deleteUserAction = action(usersDelete);
