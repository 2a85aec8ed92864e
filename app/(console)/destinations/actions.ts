"use server";

import {
  destinationsCreate,
  destinationsDelete,
  destinationsTestDraft,
  destinationsUpdate,
} from "@/lib/services/destinations/verbs";
import { action } from "@/lib/web/action";

export const createDestination = action(destinationsCreate);
export const updateDestination = action(destinationsUpdate);
export const deleteDestination = action(destinationsDelete);
export const testDestinationDraft = action(destinationsTestDraft);
