import type { Preview } from "@/lib/core/preview";
import { ChatPreview } from "./preview/chat-preview";
import { IncidentPreview } from "./preview/incident-preview";
import { MailPreview } from "./preview/mail-preview";
import { MonitorPreview } from "./preview/monitor-preview";
import type { PreviewProps } from "./preview/preview-parts";
import { PushPreview } from "./preview/push-preview";
import { RequestPreview } from "./preview/request-preview";
import { SmsPreview } from "./preview/sms-preview";

const PREVIEWS: Record<Preview["kind"], (props: PreviewProps) => React.ReactNode> = {
  chat: ChatPreview,
  push: PushPreview,
  mail: MailPreview,
  sms: SmsPreview,
  incident: IncidentPreview,
  request: RequestPreview,
  monitor: MonitorPreview,
};

/** A message as its service shows it: chat, push, mail, incident. Links in it are inert. */
export function MessagePreview({ preview, timezone }: PreviewProps) {
  const KindPreview = PREVIEWS[preview.kind];
  return (
    <div className="min-w-0 text-sm [overflow-wrap:anywhere]">
      <KindPreview preview={preview} timezone={timezone} />
    </div>
  );
}
