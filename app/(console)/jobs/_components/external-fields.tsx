import { Field } from "@/components/ui/field";
import { Select } from "@/components/ui/select";
import { Textarea } from "@/components/ui/textarea";
import type { TabProps } from "./tab-props";

const WORDS = [
  {
    name: "failureWords",
    path: "keywords.failure",
    label: "Words of a failure",
    help: "A report with one of these is a failure, whatever else it says. A line each, as they are written.",
  },
  {
    name: "warningWords",
    path: "keywords.warning",
    label: "Words of a warning",
    help: "A success with one of these is a warning.",
  },
  {
    name: "successWords",
    path: "keywords.success",
    label: "Words of a success",
    help: "For messages that do not say by themselves how the run ended. They never take back a failure.",
  },
] as const;

/** How reports of an external job are read. */
export function ExternalFields({ draft, change, errors }: TabProps) {
  const { external } = draft;
  const set = (part: Partial<typeof external>) => change({ external: { ...external, ...part } });
  const errorAt = (path: string) => Object.entries(errors).find(([one]) => one.startsWith(path))?.[1];
  return (
    <>
      <Field
        label="Requests that count"
        error={errors.methods}
        help="Programs that preview links open every address with GET: if one of yours is ever pasted into a chat, take POST only."
      >
        <Select
          value={external.methods}
          onChange={({ target }) => set({ methods: target.value as typeof external.methods })}
          options={[
            { value: "any", label: "All: GET, HEAD, POST, PUT" },
            { value: "post", label: "POST and PUT only" },
          ]}
        />
      </Field>
      {WORDS.map(({ name, path, label, help }) => (
        <Field key={name} label={label} optional error={errorAt(path)} help={help}>
          <Textarea
            rows={2}
            spellCheck={false}
            value={external[name]}
            onChange={({ target }) => set({ [name]: target.value })}
          />
        </Field>
      ))}
    </>
  );
}
