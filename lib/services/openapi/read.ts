import { z } from "zod";
import { sharedState } from "@/lib/core/runtime";
import { defineVerb } from "@/lib/services/verb";
import { openApiDocument } from "./document";
import { operation } from "./operation";
import { OPERATIONS } from "./operations";

/** Of the API, not of the program: it increases when callers have to change. */
const API_VERSION = "1.0.0";

let cached: Record<string, unknown> | undefined;

/** The description of the API, readable without signing in. */
export const openApiRead = defineVerb({
  name: "openapi.read",
  permission: "anyone",
  changes: false,
  input: z.object({}),
  async run(): Promise<Record<string, unknown>> {
    cached ??= openApiDocument(OPERATIONS, API_VERSION);
    return cached;
  },
});

/** Not part of `OPERATIONS`, which it describes. */
export const openApiOperation = operation("GET /openapi.json", openApiRead, { summary: "Read this description" });
