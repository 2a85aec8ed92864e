"use client";

import { useSyncExternalStore } from "react";
import { CONDITION_NAME, STATE_NAME } from "@/app/(console)/jobs/_components/condition-labels";
import { borgmaticLines } from "@/components/job/borgmatic-lines";
import { Badge } from "@/components/ui/badge";
import { Button } from "@/components/ui/button";
import { CodeBlock } from "@/components/ui/code-block";
import { TextLink } from "@/components/ui/link-button";
import { Note } from "@/components/ui/note";
import { Panel } from "@/components/ui/panel";
import { Table, Tbody, Td, Th, Thead, Tr } from "@/components/ui/table";
import type { Condition, JobState } from "@/lib/core/job";

export interface BorgmaticResult {
  isCreated: boolean;
  name: string;
  jobId: string | null;
  isAddition: boolean;
  reason: string | null;
  syntax: "sections" | "flat";
  pingUrl: string | null;
  channels: ImportedChannel[];
  keys: { key: string; isTaken: boolean; text: string }[];
}

interface ImportedChannel {
  key: string;
  name: string;
  providerLabel: string;
  channelId: string | null;
  exists: boolean;
  hasRule: boolean;
  condition: Condition;
  states: JobState[];
  includeLog: boolean;
  hasTexts: boolean;
}

const CREATION = { done: "The job was created", planned: "What would be created", act: "Create the job" };
const ADDITION = {
  done: "The channels were added to the job",
  planned: "What would be added to the job that has this name",
  act: "Add to the job",
};

/** What would be made of a file, or was; then with the lines for the file. */
export function BorgmaticResultPanels({
  result,
  pending,
  create,
}: {
  result: BorgmaticResult;
  pending: boolean;
  create: () => void;
}) {
  const { isCreated, name, jobId, isAddition, reason, syntax, pingUrl, channels, keys } = result;
  const words = isAddition ? ADDITION : CREATION;
  return (
    <>
      <Panel
        title={isCreated ? words.done : words.planned}
        padded={false}
        footer={
          !isCreated &&
          reason === null && (
            <Button variant="primary" pending={pending} onClick={create}>
              {words.act}
            </Button>
          )
        }
      >
        <div className="flex flex-col gap-3 p-4 text-sm">
          {reason !== null && <Note tone="warning">{reason}</Note>}
          <p>External job: {jobId ? <TextLink href={`/jobs/${jobId}`}>{name}</TextLink> : <strong>{name}</strong>}</p>
          <p className="text-muted">
            The file does not say when borgmatic runs: set on the job&apos;s page when it is expected, so that a report
            that does not come is noticed. Where its log says that a success was none, the job&apos;s keywords make it a
            warning.
          </p>
        </div>
        {channels.length > 0 && <ChannelTable channels={channels} />}
      </Panel>
      {pingUrl !== null && <Lines pingUrl={pingUrl} syntax={syntax} hasChannels={channels.length > 0} />}
      <Panel title="Keys of the file" padded={false}>
        <Table label="Keys">
          <Thead>
            <Th>Key</Th>
            <Th>Result</Th>
            <Th>Why, or as what</Th>
          </Thead>
          <Tbody>
            {keys.map(({ key, isTaken, text }, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a key may be there twice, and the order is that of the file.
              <Tr key={index} muted={!isTaken}>
                <Td className="font-mono text-xs [overflow-wrap:anywhere]">{key}</Td>
                <Td label="Result">
                  <Badge tone={isTaken ? "success" : "neutral"}>{isTaken ? "Taken" : "Not taken"}</Badge>
                </Td>
                <Td label="Why, or as what">{text}</Td>
              </Tr>
            ))}
          </Tbody>
        </Table>
      </Panel>
    </>
  );
}

function ChannelTable({ channels }: { channels: ImportedChannel[] }) {
  return (
    <Table label="Channels">
      <Thead>
        <Th>Channel</Th>
        <Th>Hook</Th>
        <Th>Rule</Th>
        <Th>Result</Th>
      </Thead>
      <Tbody>
        {channels.map(({ key, name, providerLabel, channelId, condition, states, includeLog, hasTexts, ...made }) => (
          <Tr key={key}>
            <Td>
              {channelId ? <TextLink href={`/channels/${channelId}`}>{name}</TextLink> : name}{" "}
              <span className="text-muted">({providerLabel})</span>
            </Td>
            <Td label="Hook" className="font-mono text-xs [overflow-wrap:anywhere]">
              {key}
            </Td>
            <Td label="Rule">
              {[whenOf(condition, states), includeLog && "with the log", hasTexts && "with its texts"]
                .filter(Boolean)
                .join("; ")}
            </Td>
            <Td label="Result">{resultOf({ channelId, ...made })}</Td>
          </Tr>
        ))}
      </Tbody>
    </Table>
  );
}

function resultOf({ exists, hasRule, channelId }: Pick<ImportedChannel, "exists" | "hasRule" | "channelId">): string {
  if (hasRule) return "Exists already, and the job has a rule for it, which stays as it is";
  return exists ? "Exists already, and is used" : channelId ? "Created" : "New";
}

function whenOf(condition: Condition, states: JobState[]): string {
  return condition === "custom" ? states.map((state) => STATE_NAME[state]).join(", ") : CONDITION_NAME[condition];
}

const never = () => () => undefined;

function Lines({
  pingUrl,
  syntax,
  hasChannels,
}: {
  pingUrl: string;
  syntax: BorgmaticResult["syntax"];
  hasChannels: boolean;
}) {
  const own = useSyncExternalStore(
    never,
    () => window.location.origin,
    () => "",
  );
  const where = syntax === "flat" ? "At the top level of the file" : "Under hooks: of the file";
  return (
    <Panel title="Point borgmatic at Belfry">
      <div className="flex max-w-3xl flex-col gap-2">
        <p className="text-muted text-sm">
          {where}
          {hasChannels && ", in place of the hooks that were taken: Belfry notifies their services from now on"}:
        </p>
        <CodeBlock label="the lines for borgmatic" maxHeight="none">
          {borgmaticLines(pingUrl.startsWith("/") ? own + pingUrl : pingUrl, syntax)}
        </CodeBlock>
        <p className="text-muted text-xs">
          The address is a secret: anyone who has it can report in the name of this job.
        </p>
      </div>
    </Panel>
  );
}
