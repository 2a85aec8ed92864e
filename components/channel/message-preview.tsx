import type { Preview } from "@/lib/core/preview";
import { ChatPreview } from "./preview/chat-preview";
import { IncidentPreview } from "./preview/incident-preview";
import { MailPreview } from "./preview/mail-preview";
import { MonitorPreview } from "./preview/monitor-preview";
import type { DrawnProps } from "./preview/preview-parts";
import { PushPreview } from "./preview/push-preview";
import { RequestPreview } from "./preview/request-preview";
import { SmsPreview } from "./preview/sms-preview";

const DRAWN: Record<Preview["kind"], (props: DrawnProps) => React.ReactNode> = {
  chat: ChatPreview,
  push: PushPreview,
  mail: MailPreview,
  sms: SmsPreview,
  incident: IncidentPreview,
  request: RequestPreview,
  monitor: MonitorPreview,
};

/** A message as its service shows it: a chat, a phone, a mail, an incident. A picture; nothing in it can be followed. */
export function MessagePreview({ preview, timezone }: DrawnProps) {
  const Drawn = DRAWN[preview.kind];
  return (
    <div className="min-w-0 text-sm [overflow-wrap:anywhere]">
      <Drawn preview={preview} timezone={timezone} />
    </div>
  );
}
