import { ClientStatusBadge } from "@/components/client/client-status";
import { CodeBlock } from "@/components/ui/code-block";
import { TextLink } from "@/components/ui/link-button";
import { Panel } from "@/components/ui/panel";
import { AGENT_SCRIPT } from "@/lib/core/client";

interface Props {
  installCommand: string;
  scriptSha256: string;
  /** Whether the client has reported with this token. */
  hasReported: boolean;
  /** Where to read on when the client is online. */
  href?: string;
}

/** The line that installs the agent, shown this once, and whether the client has reported since. */
export function InstallSteps({ installCommand, scriptSha256, hasReported, href }: Props) {
  return (
    <Panel
      title="Install the agent"
      aside={<ClientStatusBadge status={hasReported ? "online" : "new"} revokedAt={null} />}
    >
      <div className="flex flex-col gap-3 text-sm">
        <p>
          Copy this line into a shell of the machine: as root for a service of the system, or as any other user. It
          holds the token and is shown only now.
        </p>
        <CodeBlock label="install line" maxHeight="none">
          {installCommand}
        </CodeBlock>
        <p className="text-muted">
          It downloads a shell script, needs only sh and curl, and runs nothing that Belfry sends.{" "}
          <a href={AGENT_SCRIPT.path} target="_blank" rel="noreferrer" className="underline">
            Read the script
          </a>{" "}
          first if you like. Its SHA-256 is{" "}
          <code className="font-mono text-xs [overflow-wrap:anywhere]">{scriptSha256}</code>.
        </p>
        <p role="status" className={hasReported ? "text-success" : "text-muted"}>
          {hasReported
            ? "The client has reported: it is online."
            : "Waiting for the first contact. This page shows it by itself."}{" "}
          {hasReported && href && <TextLink href={href}>Open the client</TextLink>}
        </p>
      </div>
    </Panel>
  );
}
