import { z } from "zod";
import { field, type RenderContext, type SendResult } from "../contract";
import { checkTemplate, fillTemplate } from "./template";

/** What a ping URL may contain of a job. */
const JOB_NAMES = ["job.id", "job.name", "job.slug"] as const;
const IN_HOST = /^https?:\/\/[^/?#]*\{\{/i;
const SURROGATES = /\p{Surrogate}/gu;

export interface JobValues {
  id: string;
  name: string;
  slug: string;
}

interface PingUrlMeta {
  label: string;
  help: string;
  placeholder: string;
  /** Accepted although it is no complete address. */
  accepts?: RegExp;
  /** A further check, as an error sentence; the address has a job's names filled in. */
  check?(url: URL): string | null;
}

/** The field for a ping URL: an address that is a secret and may name the job. */
export function pingUrlField(meta: PingUrlMeta) {
  const { accepts, check, ...shown } = meta;
  const schema = z
    .string()
    .trim()
    .min(1, `Enter the ${meta.label.replace(/^P/, "p")}.`)
    .superRefine((text, context) => {
      const problem = accepts?.test(text) ? null : problemOf(text, check);
      if (problem) context.addIssue({ code: "custom", message: problem });
    });
  return field(schema, { ...shown, secret: true, sentTo: "itself" });
}

function problemOf(text: string, check: PingUrlMeta["check"]): string | null {
  const [problem] = checkTemplate(text, JOB_NAMES);
  if (problem) return `${problem.message} The URL may contain {{job.slug}}, {{job.name}} and {{job.id}}.`;
  if (IN_HOST.test(text)) return "The job's variables may only follow the host.";
  const address = pingAddress(text, { id: "id", name: "name", slug: "slug" }) ?? "";
  const url = URL.canParse(address) ? new URL(address) : null;
  if (!url || !/^https?:$/.test(url.protocol) || !url.hostname)
    return "Enter the complete address, starting with https://.";
  return check?.(url) ?? null;
}

/** True when the address differs from job to job. */
export function namesJob(url: string): boolean {
  return url.includes("{{");
}

/** The job that a message is about, when the address needs to know it. */
export function jobFor(url: string, context: RenderContext): { job?: JobValues } {
  if (!namesJob(url)) return {};
  const job = context.run?.job ?? context.values?.job;
  if (typeof job !== "object" || job === null) return {};
  const { id, name, slug } = job;
  return { job: { id: String(id ?? ""), name: String(name ?? ""), slug: String(slug ?? "") } };
}

/**
 * The address with the job's names in it, each percent-encoded as one segment; null when it needs a job and there is
 * none: without the name it would be another address, perhaps that of a success.
 */
export function pingAddress(url: string, job: JobValues | undefined): string | null {
  if (!namesJob(url)) return url;
  if (!job) return null;
  let address = "";
  for (const piece of fillTemplate(url, { job: { ...job } })) {
    const text = piece.text.trim();
    if (!piece.raw && /^\.{0,2}$/.test(text)) return null;
    address += piece.raw ? piece.text : encodeURIComponent(text.replace(SURROGATES, "\ufffd"));
  }
  return address;
}

/** The result when the address names a job and the message is about none. */
export const WITHOUT_JOB: SendResult = {
  kind: "rejected",
  reason: "The address names the job, and this message is about no job: there is nowhere to send it.",
  advice: "Choose the channel in a job's rule; the job's next run then shows whether it works.",
};
