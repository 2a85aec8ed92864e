"use server";

import { destinationsCreate } from "@/lib/services/destinations/create";
import { destinationsDelete } from "@/lib/services/destinations/delete";
import { destinationsTestDraft } from "@/lib/services/destinations/test-draft";
import { destinationsUpdate } from "@/lib/services/destinations/update";
import { action } from "@/lib/web/action";

export const createDestination = action(destinationsCreate);
export const updateDestination = action(destinationsUpdate);
export const deleteDestination = action(destinationsDelete);
export const testDestinationDraft = action(destinationsTestDraft);
