"use server";

import { repositoriesCreate } from "@/lib/services/repositories/create";
import { repositoriesDelete } from "@/lib/services/repositories/delete";
import { repositoriesCheck, repositoriesCompact, repositoriesPrune } from "@/lib/services/repositories/tasks";
import { repositoriesTest } from "@/lib/services/repositories/test";
import { action } from "@/lib/web/action";

export const createRepositoryAction = action(repositoriesCreate);
export const deleteRepositoryAction = action(repositoriesDelete);
export const testRepositoryAction = action(repositoriesTest);
export const checkRepositoryAction = action(repositoriesCheck);
export const compactRepositoryAction = action(repositoriesCompact);
export const pruneRepositoryAction = action(repositoriesPrune);
