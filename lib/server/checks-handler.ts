import type { Actor } from "@/lib/auth/access/actor";
import { actorOfBearer } from "@/lib/auth/access/api-key";
import { toErrorResponse } from "@/lib/core/action-error";
import { AppError } from "@/lib/core/errors";
import { channelsOptions } from "@/lib/services/channels/options";
import { readHealth } from "@/lib/services/health/read";
import { healthchecksBadges } from "@/lib/services/healthchecks/badges";
import { healthchecksFlips } from "@/lib/services/healthchecks/flips";
import { healthchecksGet } from "@/lib/services/healthchecks/get";
import { healthchecksList } from "@/lib/services/healthchecks/list";
import { healthchecksPingBody } from "@/lib/services/healthchecks/ping-body";
import { healthchecksPings } from "@/lib/services/healthchecks/pings";
import {
  CHECK_API_VERSIONS,
  type CheckApiVersion,
  channelJson,
  checkJson,
  checkUrl,
  pingJson,
  wireTime,
} from "@/lib/services/healthchecks/wire";
import { jobsPause } from "@/lib/services/jobs/pause";
import { jobsResume } from "@/lib/services/jobs/resume";
import type { Verb } from "@/lib/services/verb";
import { admissionOf } from "./admission";
import { forOtherSites } from "./cross-origin";
import { type Handler, type MachineAnswer, type MachineRequest, send } from "./machine-handler";

/** Clients of Healthchecks send an empty body, or one with their key in it. */
const MAX_BODY = 16 * 1024;

type Line = readonly [target: string, handler: Handler];
type Answer = (actor: Actor, incoming: MachineRequest) => Promise<unknown>;

/** The API of Healthchecks, for programs that read or pause checks: external jobs are those. */
export function checkRoutes(): Line[] {
  return CHECK_API_VERSIONS.flatMap((version) => {
    const root = `/api/v${version}/checks`;
    const list = checksHandler(healthchecksList, listOf(version));
    const lines: Line[] = [
      ...inBothForms(`GET ${root}`, list),
      [
        `GET ${root}/{id}`,
        checksHandler(healthchecksGet, async (actor, { params }) => read(actor, params.id, version)),
      ],
      [`GET ${root}/{id}/pings`, checksHandler(healthchecksPings, pings(version))],
      [`GET ${root}/{id}/pings/{n}/body`, pingBody],
      [`GET ${root}/{id}/flips`, checksHandler(healthchecksFlips, flips)],
      ...inBothForms(`GET /api/v${version}/badges`, checksHandler(healthchecksBadges, badges)),
      // Belfry's own API has channels at the first.
      ...(version === 1 ? [] : inBothForms(`GET /api/v${version}/channels`, checksHandler(channelsOptions, channels))),
      ...inBothForms(`GET /api/v${version}/status`, status),
      [`POST ${root}/{id}/pause`, checksHandler(jobsPause, pause(version))],
      [`POST ${root}/{id}/resume`, checksHandler(jobsResume, resume(version))],
    ];
    return forOtherSites(lines);
  });
}

/** A literal path is taken as it is written: with a slash at its end, and without. */
function inBothForms(target: string, handler: Handler): Line[] {
  return [
    [target, handler],
    [`${target}/`, handler],
  ];
}

/** Whether Belfry works, for watchers of Healthchecks itself: `OK`, or what is wrong. */
const status: Handler = (incoming) => send(incoming, answerStatus());

async function answerStatus(): Promise<MachineAnswer> {
  const { status, problems } = await readHealth.call(null, {});
  const text = status === "ok" ? "OK" : [status, ...problems].join("\n");
  return { status: status === "ok" ? 200 : 503, type: "text/plain; charset=utf-8", text };
}

function listOf(version: CheckApiVersion): Answer {
  return async (actor, { query }) => {
    const asked = new URLSearchParams(query);
    const input = { slug: asked.get("slug") ?? undefined, tags: asked.getAll("tag") };
    const { checks } = await healthchecksList.call(actor, input);
    return { checks: checks.map((check) => checkJson(check, version)) };
  };
}

async function read(actor: Actor, id: string | undefined, version: CheckApiVersion) {
  return checkJson(await healthchecksGet.call(actor, { id }), version);
}

function pings(version: CheckApiVersion): Answer {
  return async (actor, { params }) => {
    const { updateUrl, pings } = await healthchecksPings.call(actor, { id: params.id });
    return { pings: pings.map((ping) => pingJson(ping, checkUrl(updateUrl, version))) };
  };
}

const badges: Answer = (actor) => healthchecksBadges.call(actor, {});

const channels: Answer = async (actor) => ({
  channels: (await channelsOptions.call(actor, {})).map(channelJson),
});

const flips: Answer = async (actor, { params, query }) => {
  const asked = new URLSearchParams(query);
  const input = Object.fromEntries(
    ["seconds", "start", "end"].flatMap((name) => {
      const text = asked.get(name);
      return text === null ? [] : [[name, text]];
    }),
  );
  const found = await healthchecksFlips.call(actor, { id: params.id, ...input });
  return { flips: found.flips.map(({ at, isUp }) => ({ timestamp: wireTime(at), up: isUp ? 1 : 0 })) };
};

function pause(version: CheckApiVersion): Answer {
  return async (actor, { params }) => {
    const { jobId, uuid } = await healthchecksGet.call(actor, { id: params.id });
    await jobsPause.call(actor, { id: jobId });
    return read(actor, uuid ?? params.id, version);
  };
}

function resume(version: CheckApiVersion): Answer {
  return async (actor, { params }) => {
    const { jobId, status, uuid } = await healthchecksGet.call(actor, { id: params.id });
    if (status !== "paused") throw new AppError("conflict", "check is not paused");
    await jobsResume.call(actor, { id: jobId });
    return read(actor, uuid ?? params.id, version);
  };
}

/**
 * A handler for the API key in `X-Api-Key`, which answers errors as Healthchecks does: `{"error": "…"}`.
 * @param verb decides by its permission who is answered at all
 */
function checksHandler(verb: Verb, answer: Answer): Handler {
  const withJson = async (actor: Actor, incoming: MachineRequest): Promise<MachineAnswer> => ({
    status: 200,
    json: await answer(actor, incoming),
  });
  return (incoming) => send(incoming, respond(verb, withJson, incoming));
}

/** What was sent with a ping, as text. */
const pingBody: Handler = (incoming) => {
  const answer = async (actor: Actor, { params }: MachineRequest): Promise<MachineAnswer> => {
    const { text } = await healthchecksPingBody.call(actor, { id: params.id, n: params.n });
    return { status: 200, type: "text/plain; charset=utf-8", text };
  };
  send(incoming, respond(healthchecksPingBody, answer, incoming));
};

async function respond(
  verb: Verb,
  answer: (actor: Actor, incoming: MachineRequest) => Promise<MachineAnswer>,
  incoming: MachineRequest,
): Promise<MachineAnswer> {
  try {
    const { request, address } = incoming;
    const key = request.headers["x-api-key"]?.toString().trim();
    if (!key) throw new AppError("unauthenticated", "missing api key");
    const actor = await actorOfBearer(`Bearer ${key}`, address);
    if (!actor) throw new AppError("unauthenticated", "wrong api key");
    await verb.permit(actor);
    await incoming.body?.receive(admissionOf(actor, MAX_BODY));
    return await answer(actor, incoming);
  } catch (error) {
    const { status, body } = toErrorResponse(error, incoming.path);
    const { message, fields } = body.error;
    const named = Object.entries(fields ?? {}).map(([field, sentence]) => `${field}: ${sentence}`);
    return { status, json: { error: [message, ...named].join(" ") } };
  }
}
