"use server";

import { matchingPreview } from "@/lib/services/matching/preview";
import { routesCreate } from "@/lib/services/routes/create";
import { routesDelete } from "@/lib/services/routes/delete";
import { routesUpdate } from "@/lib/services/routes/update";
import { action } from "@/lib/web/action";

export const createRouteAction = action(routesCreate);
export const updateRouteAction = action(routesUpdate);
export const deleteRouteAction = action(routesDelete);
export const previewRouteAction = action(matchingPreview);
