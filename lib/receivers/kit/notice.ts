import type { SignalState } from "@/lib/core/signal";
import type { Signal } from "../contract";
import { stateOfBorgmaticText } from "./state-words";
import { reasonIn, storableText, summaryLine } from "./texts";

/** A message as tools send it to people. */
interface Notice {
  title: string;
  text: string;
}

/**
 * The signal of a message.
 * @param stated what the protocol says beside the text; null for nothing. A text that says that borgmatic failed wins.
 */
export function noticeSignal(notice: Notice, stated: SignalState | null): Signal {
  const [title, text] = [storableText(notice.title).trim(), storableText(notice.text).trim()];
  const written = stateOfBorgmaticText(title) ?? stateOfBorgmaticText(text);
  const state = written === "failure" ? written : (stated ?? written ?? "unknown");
  const line = summaryLine(text);
  const message =
    title === "" || line.startsWith(title) ? line : summaryLine(line === "" ? title : `${title}: ${line}`);
  const log = text !== line ? text : undefined;
  const reason = state === "failure" && log !== undefined ? reasonIn(log.slice(line.length)) : "";
  return {
    state,
    ...(message !== "" && { message: reason === "" ? message : summaryLine(`${message}: ${reason}`) }),
    ...(log !== undefined && { log }),
  };
}
