import { isObject } from "@/lib/providers/kit/json-body";
import { type Service, type ServiceForForms, startService } from "./service";

const WORKFLOW = "5f0c1c1e6f2b4d0a9a531b0f3a1d2c4e";
const SIGNATURE = "signatureOfAWorkflowForTests-0123456789abcdef";
const PATH = `/workflows/${WORKFLOW}/triggers/manual/paths/invoke`;
const QUERY = `api-version=2016-06-01&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=${SIGNATURE}`;
const SIZE_MAX = 28 * 1024;
const REQUESTS_MAX = 4;

export interface TeamsElement {
  type: string;
  id?: string;
  text?: string;
  style?: string;
  color?: string;
  facts?: { title: string; value: string }[];
  items?: TeamsElement[];
  codeSnippet?: string;
}
export interface TeamsCard {
  version: string;
  fallbackText: string;
  msteams: { width: string };
  body: TeamsElement[];
  actions?: { type: string; title: string; url: string }[];
}

export interface TeamsServer extends Service {
  webhookUrl: string;
  cards: TeamsCard[];
  /** Takes 4 requests a second only; off at the start. */
  limitRate(isOn: boolean, perMs?: number): void;
  /** As after its owner deleted it, or switched it off. */
  breakWorkflow(state: "deleted" | "disabled" | null): void;
}

/** A workflow made from "Send webhook alerts to a channel", and what Power Automate says when it cannot run it. */
export async function startTeamsServer(): Promise<TeamsServer> {
  const cards: TeamsCard[] = [];
  let isLimited = false;
  let windowMs = 1_000;
  let state: "deleted" | "disabled" | null = null;
  let taken: number[] = [];

  const no = (status: number, code: string, message: string, headers: Record<string, string> = {}) => ({
    status,
    headers,
    body: { error: { code, message } },
  });
  const server = await startService(({ method, path, query, body, json, at, headers }) => {
    if (method !== "POST") return no(405, "MethodNotAllowed", "The trigger takes POST only.");
    if (!query.get("sig")) {
      return no(
        401,
        "DirectApiAuthorizationRequired",
        "The request must be authenticated only by Shared Access scheme.",
      );
    }
    const id = path.split("/")[2] ?? "";
    if (path !== PATH || state === "deleted") {
      return no(404, "WorkflowNotFound", `The workflow '${id}' could not be found.`);
    }
    if (query.get("sig") !== SIGNATURE) {
      return no(401, "AuthorizationFailed", "The authentication credentials are not valid.");
    }
    if (state === "disabled") {
      const message = `Could not execute workflow '${id}' trigger 'manual' with state 'Disabled': trigger is not enabled.`;
      return no(400, "WorkflowTriggerIsNotEnabled", message);
    }
    taken = taken.filter((time) => at - time < windowMs);
    if (isLimited && taken.length >= REQUESTS_MAX) {
      return no(429, "TooManyRequests", "Rate limit is exceeded. Try again in 2 seconds.", { "retry-after": "2" });
    }
    taken.push(at);
    if (body.length * 2 > SIZE_MAX || Buffer.byteLength(body) > SIZE_MAX) {
      return no(413, "RequestEntityTooLarge", "Request Entity too large");
    }
    if (!headers["content-type"]?.startsWith("application/json")) {
      return no(415, "UnsupportedMediaType", "The content type is not supported.");
    }
    const card = cardIn(json);
    if (!card) return no(400, "InvalidTemplate", "Unable to process template language expressions: no card.");
    cards.push(card);
    return { status: 202 };
  });

  return Object.assign(server, {
    webhookUrl: `${server.url}${PATH}?${QUERY}`,
    cards,
    limitRate(isOn: boolean, perMs = 1_000) {
      windowMs = perMs;
      isLimited = isOn;
      taken = [];
    },
    breakWorkflow(next: "deleted" | "disabled" | null) {
      state = next;
    },
  });
}

/** The card of a message that Teams would draw; null for any other. https://adaptivecards.io/explorer/ */
function cardIn(json: unknown): TeamsCard | null {
  if (!isObject(json) || json.type !== "message" || !Array.isArray(json.attachments)) return null;
  const [attachment] = json.attachments;
  if (!isObject(attachment) || attachment.contentType !== "application/vnd.microsoft.card.adaptive") return null;
  const card = attachment.content;
  if (!isObject(card) || card.type !== "AdaptiveCard" || !Array.isArray(card.body)) return null;
  if (!/^1\.[0-4]$/.test(String(card.version)) || !card.body.every(isElement)) return null;
  const actions = Array.isArray(card.actions) ? card.actions : [];
  const isFollowable = (one: unknown) =>
    isObject(one) && one.type === "Action.OpenUrl" && Boolean(one.title) && /^https?:\/\//.test(String(one.url));
  return actions.every(isFollowable) && areMentionsWritten(card) ? (card as unknown as TeamsCard) : null;
}

/** A card with a mention that its text does not have is refused. */
function areMentionsWritten({ msteams, body }: Record<string, unknown>): boolean {
  const entities = isObject(msteams) && Array.isArray(msteams.entities) ? msteams.entities : [];
  return entities.every((one) => {
    if (!isObject(one) || one.type !== "mention" || !isObject(one.mentioned) || !one.mentioned.id) return false;
    return (
      /^<at>[^<>]+<\/at>$/.test(String(one.text)) &&
      JSON.stringify(body).includes(JSON.stringify(one.text).slice(1, -1))
    );
  });
}

const COLORS = [undefined, "Default", "Dark", "Light", "Accent", "Good", "Warning", "Attention"];
const STYLES = [undefined, "default", "emphasis", "good", "attention", "warning", "accent"];

function isElement(one: unknown): boolean {
  if (!isObject(one)) return false;
  if (one.type === "TextBlock") {
    const isColor = COLORS.some((color) => color === one.color);
    return typeof one.text === "string" && one.text.length > 0 && isColor;
  }
  if (one.type === "Container") {
    return STYLES.some((style) => style === one.style) && Array.isArray(one.items) && one.items.every(isElement);
  }
  if (one.type === "CodeBlock") return typeof one.codeSnippet === "string";
  if (one.type !== "FactSet" || !Array.isArray(one.facts)) return false;
  return one.facts.every((fact) => isObject(fact) && Boolean(fact.title) && Boolean(fact.value));
}

export const forForms: ServiceForForms<TeamsServer> = {
  provider: "teams",
  start: startTeamsServer,
  config: (url) => ({ webhookUrl: `${url}${PATH}?${QUERY}` }),
  secretField: "webhookUrl",
  texts: ({ cards }) => cards.map(({ fallbackText }) => fallbackText),
  refusal: "The authentication credentials are not valid.",
};
