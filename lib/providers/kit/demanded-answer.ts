import { z } from "zod";
import { type AnswerRules, field, type ServiceAnswer } from "../contract";
import { isWebPage } from "./answer-rules";
import { isObject } from "./json-body";

/** What a channel demands of an answer, for receivers whose interface Belfry cannot know. */
export interface DemandedAnswer {
  successStatus?: string | undefined;
  successText?: string | undefined;
  successPath?: string | undefined;
  successValue?: string | undefined;
}

const STATUSES = /^\s*(2\d\d(\s*,\s*2\d\d)*\s*)?$/;

/** The optional fields of a form; without any of them every status from 200 to 299 is a success. */
export const demandedAnswerFields = {
  successStatus: field(z.string().regex(STATUSES, "Statuses from 200 to 299, separated by commas.").optional(), {
    label: "Success: status",
    help: "Only these count as sent, such as 202, or 200, 201; empty: every status from 200 to 299",
    advanced: true,
  }),
  successText: field(z.string().max(500, "At most 500 characters.").optional(), {
    label: "Success: text",
    help: "The answer must contain this text, capitals as here",
    advanced: true,
  }),
  successPath: field(
    z
      .string()
      .trim()
      .max(200, "At most 200 characters.")
      .regex(/^([^.\s]+(\.[^.\s]+)*)?$/, "Names and numbers, joined by dots, such as result.status or items.0.id.")
      .optional(),
    {
      label: "Success: JSON path",
      help: "The answer must be JSON with a value there, such as ok, result.status or items.0.id",
      advanced: true,
    },
  ),
  successValue: field(z.string().max(500, "At most 500 characters.").optional(), {
    label: "Success: JSON value",
    help: "What must stand at the path, such as true or queued; empty: anything but null, false and an empty text",
    advanced: true,
  }),
};

/** Checks across fields. @param hasBody false where the method's answers have none */
export function checkDemandedAnswer(
  { successText, successPath, successValue }: DemandedAnswer,
  hasBody: boolean,
  refuse: (path: string, message: string) => void,
): void {
  if (successValue && !successPath) refuse("successPath", "Enter the path of the value.");
  if (hasBody) return;
  const words = "Answers to HEAD have no text: choose another method, or leave this empty.";
  if (successText) refuse("successText", words);
  if (successPath) refuse("successPath", words);
}

/**
 * The rules for a receiver that is no known service: any status of 2xx counts that has what the channel demands, and every
 * refusal that is no web page is its own.
 */
export function demandedRules(demanded: DemandedAnswer): AnswerRules {
  const parts = partsOf(demanded);
  return {
    service: "the receiver",
    proof:
      parts.length === 0
        ? { byStatus: "Any receiver may stand here; the channel can demand a status, a text or a JSON value." }
        : {
            expected: `${parts.map(({ expected }) => expected).join(" and ")}, which this channel demands`,
            holds: (answer) => parts.every(({ holds }) => holds(answer)),
          },
    // A redirect is about the address, no matter what answers.
    isOwn: (answer) => !isWebPage(answer) || (answer.status >= 300 && answer.status < 400),
    isGone: ({ status }) => status === 410,
    ...(parts.length === 0 ? {} : { address: "Or correct what the channel demands, under Advanced." }),
  };
}

interface Part {
  expected: string;
  holds(answer: ServiceAnswer): boolean;
}

function partsOf({ successStatus, successText, successPath, successValue }: DemandedAnswer): Part[] {
  const statuses = (successStatus ?? "").split(",").map(Number).filter(Boolean);
  const parts: Part[] = [];
  if (statuses.length > 0) {
    parts.push({ expected: `with status ${statuses.join(" or ")}`, holds: ({ status }) => statuses.includes(status) });
  }
  if (successText) parts.push({ expected: `with “${successText}”`, holds: ({ body }) => body.includes(successText) });
  if (successPath) {
    const wanted = successValue ? `“${successValue}”` : "a value";
    parts.push({
      expected: `with JSON that has ${wanted} at ${successPath}`,
      holds: ({ body }) => isDemanded(valueAt(body, successPath), successValue),
    });
  }
  return parts;
}

function isDemanded(value: unknown, wanted: string | undefined): boolean {
  if (wanted) return typeof value !== "object" && String(value) === wanted.trim();
  return value !== undefined && value !== null && value !== false && value !== "";
}

/** The value at a path of names and, in lists, positions; undefined when there is none. */
function valueAt(body: string, path: string): unknown {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch {
    return undefined;
  }
  for (const name of path.split(".")) {
    if (Array.isArray(value)) value = /^\d+$/.test(name) ? value[Number(name)] : undefined;
    else value = isObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
  }
  return value;
}
