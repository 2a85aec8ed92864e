import { AppError } from "@/lib/core/errors";
import { type BadgeStatus, healthchecksBadge } from "@/lib/services/healthchecks/badge";
import { ALL_TAGS } from "@/lib/services/healthchecks/badge-address";
import { healthchecksTagBadge } from "@/lib/services/healthchecks/tag-badge";
import { badgePicture } from "./badge-picture";
import { forOtherSites } from "./cross-origin";
import { type Handler, type MachineAnswer, type MachineRequest, send } from "./machine-handler";

/** Colors by the names that shields.io has for them. */
const SHIELD_COLORS: Record<BadgeStatus, string> = { up: "success", late: "important", down: "critical" };

const MAX_ID = 36;
const MAX_TAG = 400;

/** What a badge shows. `grace` and `down` count those of `total`. */
interface Shown {
  name: string;
  status: BadgeStatus;
  total: number;
  grace: number;
  down: number;
}

/** Badges, as Healthchecks answers them: of one external job, of all, and of those with a tag; as picture, as JSON and for shields.io. */
export function badgeRoutes(): (readonly [target: string, handler: Handler])[] {
  const handler =
    (answer: (incoming: MachineRequest) => Promise<MachineAnswer>): Handler =>
    (incoming) =>
      send(incoming, answer(incoming));
  return forOtherSites([
    ["GET /b/{states}/{file}", handler(ofOne)],
    ["GET /badge/{key}/{file}", handler(ofAll)],
    ["GET /badge/{key}/{signature}/{file}", handler(ofTag)],
  ]);
}

/** `/b/3/<id>.svg`: with `2`, a job that is late is up. */
async function ofOne({ params: { states = "", file = "" } }: MachineRequest): Promise<MachineAnswer> {
  const { name: id, format } = fileOf(file);
  if (!/^[23]$/.test(states) || id.length > MAX_ID) throw notFound();
  const { name, status } = await healthchecksBadge.call(null, { id: id.toLowerCase() });
  const counts = { total: 1, grace: status === "late" ? 1 : 0, down: status === "down" ? 1 : 0 };
  return shownAs(format, { name, status, ...counts }, states === "3");
}

/** `/badge/<key>/<signature>.svg`. */
async function ofAll({ params: { key = "", file = "" } }: MachineRequest): Promise<MachineAnswer> {
  const { name, format } = fileOf(file);
  return readTag({ key, signed: name, tag: ALL_TAGS, format });
}

/** `/badge/<key>/<signature>/<tag>.svg`. */
async function ofTag({ params: { key = "", signature = "", file = "" } }: MachineRequest): Promise<MachineAnswer> {
  const { name, format } = fileOf(file);
  return readTag({ key, signed: signature, tag: name, format });
}

/** @param asked.signed the signature; with `-2` behind it, a job that is late is up */
async function readTag(asked: { key: string; signed: string; tag: string; format: string }): Promise<MachineAnswer> {
  const { key, signed, tag, format } = asked;
  const [, signature, ending] = /^([\w-]{8})(-2)?$/.exec(signed) ?? [];
  if (signature === undefined || key.length > MAX_ID || tag.length > MAX_TAG) throw notFound();
  return shownAs(format, await healthchecksTagBadge.call(null, { key, signature, tag }), ending === undefined);
}

function fileOf(file: string): { name: string; format: string } {
  const [, name, format] = /^(.+)\.(svg|json|shields)$/.exec(file) ?? [];
  if (name === undefined || format === undefined) throw notFound();
  return { name, format };
}

/** @param hasLate that something is late is a state of its own */
function shownAs(format: string, shown: Shown, hasLate: boolean): MachineAnswer {
  const { name, total, grace, down } = shown;
  const status = shown.status === "late" && !hasLate ? "up" : shown.status;
  if (format === "svg") return { status: 200, type: "image/svg+xml", text: badgePicture(name, status) };
  if (format === "shields")
    return { status: 200, json: { schemaVersion: 1, label: name, message: status, color: SHIELD_COLORS[status] } };
  return { status: 200, json: { status, total, grace, down } };
}

function notFound(): AppError {
  return new AppError("not_found", "not found");
}
