"use client";

import { Checkbox } from "@/components/ui/checkbox";
import { pluralize } from "@/lib/core/format-units";
import type { Role } from "@/lib/core/role";

/** A valid API key that goes with the account. */
export interface OwnKey {
  id: string;
  name: string;
  role: Role;
}

interface Props {
  keys: readonly OwnKey[];
  /** Ids of those that stay valid. */
  kept: readonly string[];
  onChange: (kept: string[]) => void;
  /** Whether it is the reader's own account, which cannot keep them. */
  isSelf?: boolean;
}

/** The API keys that an account loses with a change: all, unless the administrator keeps some. Nothing when there are none. */
export function KeysAtStake({ keys, kept, onChange, isSelf = false }: Props) {
  if (keys.length === 0) return null;
  const lost = keys.length - kept.length;
  return (
    <fieldset className="mt-3 flex flex-col gap-2">
      <legend className="mb-1.5 text-ink text-sm">
        {lost === 0 ? "No API key is revoked." : `${pluralize(lost, "API key")} of this account will be revoked.`}{" "}
        {isSelf ? "Another administrator could keep them." : "Keys that you keep go with your account from then on."}
      </legend>
      {keys.map(({ id, name, role }) => (
        <Checkbox
          key={id}
          label={`Keep ${name}`}
          description={role}
          disabled={isSelf}
          checked={kept.includes(id)}
          onChange={({ target }) => onChange(target.checked ? [...kept, id] : kept.filter((one) => one !== id))}
        />
      ))}
    </fieldset>
  );
}
