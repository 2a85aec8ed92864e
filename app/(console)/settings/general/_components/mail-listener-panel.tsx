import { formatList } from "@/components/format";
import { Facts } from "@/components/ui/facts";
import { ErrorNote } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";

interface Props {
  listener: {
    port: number;
    host: string;
    domains: readonly string[];
    hasTls: boolean;
    isListening: boolean;
    problem: string | null;
  } | null;
}

/** Whether mail to external jobs is taken, and why not. */
export function MailListenerPanel({ listener }: Props) {
  return (
    <Panel title="Mail to external jobs" aside={listener ? (listener.isListening ? "On" : "Not listening") : "Off"}>
      {listener ? (
        <div className="flex flex-col gap-3">
          {listener.problem && (
            <ErrorNote title="No mail is taken" advice="It is tried again every 30 seconds.">
              {listener.problem}
            </ErrorNote>
          )}
          <Facts
            items={[
              { label: "Port", value: <span className="num">{listener.port}</span> },
              { label: "Address", value: listener.host === "::" ? "All addresses of this machine" : listener.host },
              { label: "Domains", value: listener.domains.length > 0 ? formatList(listener.domains) : "Any" },
              {
                label: "Encryption",
                value: listener.hasTls ? "STARTTLS is offered" : "None: set BELFRY_SMTP_CERTIFICATE",
              },
            ]}
          />
        </div>
      ) : (
        <p className="text-muted text-sm">
          External jobs can be reported by mail of cron, a NAS or any program. To take mail, the person who runs this
          machine sets BELFRY_SMTP_PORT, such as 2525.
        </p>
      )}
    </Panel>
  );
}
