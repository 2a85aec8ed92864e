import { Field } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { TextLink } from "@/components/ui/link-button";
import { Select } from "@/components/ui/select";
import type { PickableClient } from "./pickable";
import type { TabProps } from "./tab-props";

interface Props extends TabProps {
  clients: readonly PickableClient[];
}

/** Which client executes the job, and by which name its own configuration allows it. */
export function ClientExecutorFields({ draft, change, errors, clients }: Props) {
  const { clientId, clientJob } = draft;
  const client = clients.find(({ id }) => id === clientId);
  const names = client?.jobs ?? [];
  const help = !client
    ? "A line NAME=COMMAND of jobs.conf on the client."
    : names.length === 0
      ? `${client.name} allows no job yet: add a line NAME=COMMAND to its jobs.conf.`
      : `${client.name} allows: ${names.join(", ")}.`;
  return (
    <>
      <Field label="Client" error={errors.clientId} help={<TextLink href="/clients">All clients</TextLink>}>
        <Select
          value={clientId}
          onChange={({ target }) => change({ clientId: target.value })}
          options={[
            ...(clientId && client ? [] : [{ value: clientId, label: clientId ? "The chosen client" : "Choose one" }]),
            ...clients.map(({ id, name }) => ({ value: id, label: name })),
          ]}
        />
      </Field>
      <Field label="Job on the client" error={errors.clientJob} help={help}>
        <Input
          name="clientJob"
          value={clientJob}
          maxLength={64}
          spellCheck={false}
          autoCapitalize="off"
          list="client-jobs"
          className="font-mono"
          onChange={({ target }) => change({ clientJob: target.value })}
        />
      </Field>
      <datalist id="client-jobs">
        {names.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
