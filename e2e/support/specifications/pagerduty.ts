import type { Schema } from "./conforms";

/*
 * Facts of PagerDuty's own OpenAPI document of the Events API v2, without its descriptions:
 * https://github.com/PagerDuty/api-schema, reference/events-v2/openapiv3.json. Change events are not in it.
 */

const url = { type: "string", format: "uri" };

/** The body of POST /enqueue. */
export const EVENT: Schema = {
  type: "object",
  required: ["routing_key", "event_action"],
  properties: {
    routing_key: { type: "string" },
    event_action: { enum: ["trigger", "acknowledge", "resolve"] },
    dedup_key: { type: "string" },
    client: { type: "string" },
    client_url: url,
    payload: {
      type: "object",
      required: ["summary", "severity", "source"],
      properties: {
        summary: { type: "string" },
        timestamp: { type: "string", format: "date-time" },
        severity: { enum: ["critical", "warning", "error", "info"] },
        source: { type: "string" },
        component: { type: "string" },
        group: { type: "string" },
        class: { type: "string" },
        custom_details: { type: "object" },
      },
    },
    links: {
      type: "array",
      items: { type: "object", required: ["href"], properties: { href: url, text: { type: "string" } } },
    },
    images: {
      type: "array",
      items: {
        type: "object",
        required: ["src"],
        properties: { src: url, href: url, alt: { type: "string" } },
      },
    },
  },
};

/** 202. */
export const SUCCESS: Schema = {
  type: "object",
  required: ["status"],
  properties: { status: { type: "string" }, dedup_key: { type: "string" }, message: { type: "string" } },
};

/** An error of any other status. */
export const ERROR: Schema = {
  type: "object",
  required: ["status", "message"],
  properties: {
    status: { type: "string" },
    message: { type: "string" },
    errors: { type: "array", items: { type: "string" } },
  },
};
