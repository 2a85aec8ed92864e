import { z } from "zod";
import { defineProvider } from "./contract";
import {
  advisePing,
  BARE_UUID,
  logLimitField,
  PING_RATE,
  pingAnswers,
  pingWire,
  sendPing,
} from "./kit/healthchecks-ping";
import { disc } from "./kit/icon";
import { pingUrlField } from "./kit/ping-url";
import { warningIsFailure } from "./kit/run-signal";

const HOST = "watchgoose.com";
const answers = pingAnswers("Watchgoose");

/** Watchgoose, which uses the ping protocol of Healthchecks and stores less of a log. */
export const watchgoose = defineProvider({
  id: "watchgoose",
  label: "Watchgoose",
  tagline: "One check per job",
  aliases: ["heartbeat", "dead man's switch"],
  icon: {
    path: `M12 4.5c5.3 0 9.3 4 11.3 7.5-2 3.5-6 7.5-11.3 7.5S2.7 15.5.7 12C2.7 8.5 6.7 4.5 12 4.5z${disc(12, 12, -4.8)}${disc(12, 12, 2.4)}`,
  },
  docsUrl: "https://watchgoose.com/docs/http_api/",
  purpose: "monitor",
  namesPeople: false,
  answers: [answers],
  wantsRun: true,
  rate: PING_RATE,
  limits: { body: { max: 10_000, unit: "bytes" } },
  concurrency: 1,
  foldAbove: null,
  config: () =>
    z.object({
      pingUrl: pingUrlField({
        label: "Ping URL",
        help: "From the check. One channel serves all jobs when the URL names the job by {{job.slug}}",
        placeholder: "https://watchgoose.com/…",
        accepts: BARE_UUID,
      }),
      warningIsFailure,
      logLimit: logLimitField(10_000, "In bytes: the size of title, message and log in a ping"),
    }),
  example: { pingUrl: "https://watchgoose.com/0f9a7c31-94a6-4a7e-9d6d-6d2f3b1c7e55" },
  ...pingWire,
  send: (ping, config, io) => sendPing(ping, config, io, { home: `https://${HOST}/`, answers }),
  advise: advisePing,
  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    return url?.hostname === HOST && /^\/(ping\/)?[\w-]{22,}/.test(url.pathname) ? { pingUrl: text.trim() } : null;
  },
});
