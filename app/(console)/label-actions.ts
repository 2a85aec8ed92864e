"use server";

import { labelsList } from "@/lib/services/labels/list";
import { action } from "@/lib/web/action";

export const suggestLabels = action(labelsList);
