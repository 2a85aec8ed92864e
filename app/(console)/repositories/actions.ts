"use server";

import { repositoriesCreate } from "@/lib/services/repositories/create";
import { repositoriesDelete } from "@/lib/services/repositories/delete";
import { repositoriesBreakLock, repositoriesLock } from "@/lib/services/repositories/lock";
import { repositoriesCheck, repositoriesCompact, repositoriesPrune } from "@/lib/services/repositories/tasks";
import { repositoriesTest } from "@/lib/services/repositories/test";
import { repositoriesUpdate } from "@/lib/services/repositories/update";
import { action } from "@/lib/web/action";

export const createRepositoryAction = action(repositoriesCreate);
export const updateRepositoryAction = action(repositoriesUpdate);
export const deleteRepositoryAction = action(repositoriesDelete);
export const readLockAction = action(repositoriesLock);
export const breakLockAction = action(repositoriesBreakLock);
export const testRepositoryAction = action(repositoriesTest);
export const checkRepositoryAction = action(repositoriesCheck);
export const compactRepositoryAction = action(repositoriesCompact);
export const pruneRepositoryAction = action(repositoriesPrune);
