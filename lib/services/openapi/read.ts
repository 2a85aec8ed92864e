import { z } from "zod";
import { defineVerb } from "@/lib/services/verb";
import { openApiDocument } from "./document";
import { OPERATIONS } from "./operations";

/** Of the API, not of the program: it goes up when a caller would have to change. */
const API_VERSION = "1.0.0";

let made: Record<string, unknown> | undefined;

/** The description of the API is no secret. */
export const openApiRead = defineVerb({
  name: "openapi.read",
  permission: "anyone",
  changes: false,
  input: z.object({}),
  async run(): Promise<Record<string, unknown>> {
    made ??= openApiDocument(OPERATIONS, API_VERSION);
    return made;
  },
});
