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

const HOME = "https://hc-ping.com/";
const answers = pingAnswers("Healthchecks");
const PING_PATH = /^\/[\w-]{22,36}(\/[\w-]+){0,2}\/?$/;

/** Healthchecks, hosted or self-hosted: start, success and failure of each run, with its log. */
export const healthchecks = defineProvider({
  id: "healthchecks",
  label: "Healthchecks",
  tagline: "One check per job",
  aliases: ["hc-ping", "healthchecks.io", "heartbeat", "dead man's switch"],
  icon: { path: `${disc(12, 12, 11)}M7.4 10.6l-1.9 1.9 4.7 4.7 8.4-8.4-1.9-1.9-6.5 6.5z` },
  docsUrl: "https://healthchecks.io/docs/http_api/",
  purpose: "monitor",
  namesPeople: false,
  answers: [answers],
  ownServer: true,
  wantsRun: true,
  rate: PING_RATE,
  /** https://healthchecks.io/docs/attaching_logs/ */
  limits: { body: { max: 100_000, unit: "bytes" } },
  concurrency: 1,
  foldAbove: null,
  config: () =>
    z.object({
      pingUrl: pingUrlField({
        label: "Ping URL",
        help: "From the check. One channel serves all jobs when the URL names the job: https://hc-ping.com/PING-KEY/{{job.slug}}",
        placeholder: "https://hc-ping.com/…",
        accepts: BARE_UUID,
      }),
      warningIsFailure,
      logLimit: logLimitField(
        100_000,
        "In bytes. A self-hosted server keeps 10,000 unless its PING_BODY_LIMIT differs",
      ),
    }),
  example: { pingUrl: "https://hc-ping.com/5bf66975-d4c7-4bf5-bcc8-b8d8a82ea278" },
  ...pingWire,
  send: (ping, config, io) => sendPing(ping, config, io, { home: HOME, answers }),
  advise: advisePing,
  fromUrl(text) {
    const url = URL.canParse(text) ? new URL(text) : null;
    const isTheirs = url?.hostname === "hc-ping.com" && PING_PATH.test(url.pathname);
    // A self-hosted server shows addresses of this shape.
    const isAlike = url !== null && /\/ping\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(\/|$)/i.test(url.pathname);
    return isTheirs || (isAlike && url.hostname !== "watchgoose.com") ? { pingUrl: text.trim() } : null;
  },
});
