import { z } from "zod";
import { sharedState } from "@/lib/core/runtime";
import { defineVerb } from "@/lib/services/verb";
import { openApiDocument } from "./document";
import { OPERATIONS } from "./operations";

/** Of the API, not of the program: it goes up when a caller would have to change. */
const API_VERSION = "1.0.0";

/** The description of the API is no secret. */
export const openApiRead = defineVerb({
  name: "openapi.read",
  permission: "anyone",
  changes: false,
  input: z.object({}),
  async run(): Promise<Record<string, unknown>> {
    return sharedState("openapi.document", () => openApiDocument(OPERATIONS, API_VERSION));
  },
});
