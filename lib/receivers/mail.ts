import type { SignalState } from "@/lib/core/signal";
import { defineReceiver, type Reading, type ReceivedRequest } from "./contract";
import { refuse, refuseMethod, textReply } from "./kit/answers";
import { fieldText, readFields } from "./kit/fields";
import { htmlText } from "./kit/html-text";
import { figuresIn } from "./kit/log-figures";
import { mailVerdict } from "./kit/mail-words";
import { noticeSignal } from "./kit/notice";
import { stateOfWord } from "./kit/state-words";

/** `MAIL` is what the mail listener hands over; services that take mail and post it use the others. */
const METHODS = ["MAIL", "POST", "PUT"];
/** cron names the command in the subject: what that is called says nothing about how it went. */
const CRON = /^Cron </;

/**
 * A mail of cron, of an appliance or of any program, as fields: `subject` and `text` or `html`. What its address says counts, then the
 * words of subject and text; one that says neither how it went is left to the job's keywords.
 */
export const mailReceiver = defineReceiver({ id: "mail", name: "Mail", read: readMail });

function readMail(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS.slice(1));
  const fields = readFields(request);
  if (!fields) return refuse(textReply("Send the mail as fields: subject, and text or html.", 400));
  const subject = fieldText(fields, "subject", "Subject").replace(/\s+/g, " ").trim();
  const html = fieldText(fields, "html", "HtmlBody", "body-html");
  const text = fieldText(fields, "text", "TextBody", "body-plain", "plain").trim() || htmlText(html);
  const said = readSaid(request.path);
  if (subject === "" && text === "" && said.state === null)
    return refuse(textReply("The mail has neither a subject nor a text.", 400));
  const isAutomatic = fieldText(fields, "automatic") !== "";
  const state = isAutomatic ? "log" : stateOfMail({ subject, text, said });
  const { exitCode } = said;
  const signal = noticeSignal({ title: subject, text }, state === "unknown" ? null : state);
  const figures = state === "success" || state === "failure" ? figuresIn(text) : {};
  return {
    signals: [{ ...signal, ...(isAutomatic && { state }), ...(exitCode !== undefined && { exitCode }), ...figures }],
    answer: textReply("OK"),
  };
}

/** What the address says: `fail`, `start`, an exit code. A word that means nothing is a label of its owner's. */
function readSaid(path: string): { state: SignalState | null; exitCode?: number } {
  if (!/^\d{1,3}$/.test(path)) return { state: stateOfWord(path) };
  const exitCode = Number(path);
  return { state: exitCode === 0 ? "success" : "failure", exitCode };
}

interface Mail {
  subject: string;
  text: string;
  said: ReturnType<typeof readSaid>;
}

/** A mail whose subject says that something failed is never a success, whatever its address says. */
function stateOfMail({ subject, text, said }: Mail): SignalState {
  const titled = CRON.test(subject) ? null : mailVerdict(subject);
  if (said.state !== null && said.state !== "success") return said.state;
  if (titled === "failure") return "failure";
  if (said.state === "success") return titled === "warning" ? "warning" : "success";
  if (titled === "success") return "success";
  const written = mailVerdict(text, { isLog: true });
  if (written === "failure" || written === "warning") return written;
  if (titled === "warning") return "warning";
  return titled === "done" || written === "success" ? "success" : "unknown";
}
