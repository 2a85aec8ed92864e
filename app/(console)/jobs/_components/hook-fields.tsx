"use client";

import { Checkbox } from "@/components/ui/checkbox";
import { HOOK_MOMENT_TEXT, HOOK_MOMENTS, type HookMoment } from "@/lib/core/hook";
import type { TabProps } from "./tab-props";

/** The hooks that the server's operator lists; `canChoose`: an administrator. */
export interface HookChoices {
  names: string[];
  problem: string | null;
  canChoose: boolean;
}

/** Which hooks run around the backups of a job, by name. */
export function HookFields({ draft, change, errors, choices }: TabProps & { choices: HookChoices }) {
  const chosen = HOOK_MOMENTS.flatMap((moment) => draft.hooks[moment]);
  // One that is no longer listed stays visible, so that it can be taken out.
  const names = [...new Set([...choices.names, ...chosen])];
  const note = noteOf(choices);
  const toggle = (moment: HookMoment, name: string, isOn: boolean) => {
    const now = draft.hooks[moment];
    change({
      hooks: { ...draft.hooks, [moment]: isOn ? [...now, name] : now.filter((one) => one !== name) },
    });
  };
  return (
    <fieldset className="flex min-w-0 flex-col gap-4" disabled={!choices.canChoose}>
      <legend className="mb-1.5 font-medium text-sm">Hooks</legend>
      <p className="max-w-3xl text-muted text-sm">
        Programs of this server that run around a backup. A hook before it that fails makes the run fail; one that ends
        with exit code 75 skips it.
      </p>
      {note && <p className="max-w-3xl text-muted text-sm">{note}</p>}
      {names.length > 0 && (
        <div className="grid gap-4 sm:grid-cols-2">
          {HOOK_MOMENTS.map((moment) => (
            <fieldset key={moment} className="flex min-w-0 flex-col gap-2">
              <legend className="mb-1 text-sm">{heading(moment)}</legend>
              {names.map((name) => (
                <Checkbox
                  key={name}
                  checked={draft.hooks[moment].includes(name)}
                  onChange={(event) => toggle(moment, name, event.target.checked)}
                  label={choices.names.includes(name) ? name : `${name} (no longer listed)`}
                />
              ))}
              {errors[`hooks.${moment}`] && (
                <p role="alert" className="text-failure text-sm">
                  {errors[`hooks.${moment}`]}
                </p>
              )}
            </fieldset>
          ))}
        </div>
      )}
    </fieldset>
  );
}

function noteOf({ problem, canChoose, names }: HookChoices): string | null {
  if (problem) return problem;
  if (names.length === 0) return "The server's list of hooks is empty.";
  return canChoose ? null : "Only administrators choose hooks.";
}

function heading(moment: HookMoment): string {
  const text = HOOK_MOMENT_TEXT[moment];
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}`;
}
