import type { SignalState } from "@/lib/core/signal";
import { defineReceiver, type Reading, type ReceivedRequest } from "./contract";
import { refuse, refuseMethod, textReply } from "./kit/answers";
import { stateOfWord } from "./kit/state-words";

const METHODS = ["GET", "HEAD", "POST", "PUT"];

/** Cronhub, whose service has shut down: the state is a word within the path, `/start/<id>`; `/ping/<id>` is a success. */
export const cronhubReceiver = defineReceiver({ id: "cronhub", name: "Cronhub", read: readCronhub });

function readCronhub(request: ReceivedRequest): Reading {
  if (!METHODS.includes(request.method)) return refuseMethod(METHODS);
  // borgmatic writes its word in place of each `start` and `ping`: `/ping/start/x` arrives as `/fail/fail/x`.
  const words = request.path.toLowerCase().split("/");
  const states = words.filter((word) => /^(?:start|ping|finish|fail)$/.test(word)).map(readWordOfPath);
  const state = states.includes("failure") ? "failure" : states[0];
  return state ? { signals: [{ state }], answer: textReply("OK") } : refuse(textReply("Not Found", 404));
}

function readWordOfPath(word: string): SignalState {
  return stateOfWord(word) ?? "success";
}
