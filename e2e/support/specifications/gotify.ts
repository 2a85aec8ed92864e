import type { Schema } from "./conforms";

/*
 * Facts of Gotify's own Swagger document: https://github.com/gotify/server, docs/spec.json. `id`, `appid` and `date` are
 * read-only there: the server gives them.
 */

const sent = {
  message: { type: "string" },
  title: { type: "string" },
  priority: { type: "integer" },
  extras: { type: "object", additionalProperties: { type: "object" } },
};

/** The body of POST /message. */
export const MESSAGE_SENT: Schema = { type: "object", required: ["message"], properties: sent };

/** Its answer. */
export const MESSAGE: Schema = {
  type: "object",
  required: ["id", "appid", "message", "date"],
  properties: {
    ...sent,
    id: { type: "integer" },
    appid: { type: "integer" },
    date: { type: "string", format: "date-time" },
  },
};

export const ERROR: Schema = {
  type: "object",
  required: ["error", "errorCode", "errorDescription"],
  properties: { error: { type: "string" }, errorCode: { type: "integer" }, errorDescription: { type: "string" } },
};
