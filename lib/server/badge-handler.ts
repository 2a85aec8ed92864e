import { AppError } from "@/lib/core/errors";
import { type BadgeStatus, healthchecksBadge } from "@/lib/services/healthchecks/badge";
import { badgePicture } from "./badge-picture";
import { type Handler, type MachineAnswer, type MachineRequest, send } from "./machine-handler";

/** Colors by the names that shields.io has for them. */
const SHIELD_COLORS: Record<BadgeStatus, string> = { up: "success", late: "important", down: "critical" };

/** `/b/3/<id>.svg`, `.json` and `.shields`: the state of one external job, as Healthchecks answers it. With `2`, one that is late is up. */
export const badgeHandler: Handler = (incoming) => send(incoming, answerBadge(incoming));

async function answerBadge({ params }: MachineRequest): Promise<MachineAnswer> {
  const { states = "", file = "" } = params;
  const [, id, format] = /^([0-9a-f-]{36})\.(svg|json|shields)$/i.exec(file) ?? [];
  if (id === undefined || (states !== "2" && states !== "3")) throw new AppError("not_found", "not found");
  const { name, status: precise } = await healthchecksBadge.call(null, { id: id.toLowerCase() });
  const status = precise === "late" && states === "2" ? "up" : precise;
  if (format === "svg") return { status: 200, type: "image/svg+xml", text: badgePicture(name, status) };
  if (format === "shields")
    return {
      status: 200,
      json: { schemaVersion: 1, label: name, message: status, color: SHIELD_COLORS[status] },
    };
  const grace = precise === "late" ? 1 : 0;
  return { status: 200, json: { status, total: 1, grace, down: status === "down" ? 1 : 0 } };
}
