"use client";

import { useRouter } from "next/navigation";
import { useState } from "react";
import { FormError } from "@/components/form/form-error";
import { useVerbForm } from "@/components/form/use-verb-form";
import { Button } from "@/components/ui/button";
import { Field, FieldStack } from "@/components/ui/field";
import { Input } from "@/components/ui/input";
import { Note } from "@/components/ui/note";
import { Select } from "@/components/ui/select";
import type { ActionResult } from "@/lib/core/action-error";

type Target = { path: string; overwrite?: boolean } | { sourceId: string; database: string; overwrite?: boolean };

interface Props {
  artifactId: string;
  restoresTo: "file" | "directory" | "database";
  /** A name that is not taken, most likely. */
  suggestion: string;
  /** Where operators may restore to. */
  folder: string;
  isAdmin: boolean;
  /** Connections to servers of the right kind, for databases. */
  servers: readonly { id: string; name: string }[];
  restore: (input: { id: string; target: Target; confirm?: string }) => Promise<ActionResult<{ runId: string }>>;
}

const PLACE_LABEL = { file: "File", directory: "Folder", database: "Database" } as const;

/**
 * Where a backup goes. It is first tried as a new place; when something is there already, the form says what would
 * be lost and asks for the place to be typed.
 */
export function RestoreForm({ artifactId, restoresTo, suggestion, folder, isAdmin, servers, restore }: Props) {
  const router = useRouter();
  const isDatabase = restoresTo === "database";
  const [place, setPlace] = useState(
    isDatabase ? suggestion : `${folder.replace(/\/$/, "")}/${suggestion}${restoresTo === "file" ? ".db" : ""}`,
  );
  const [sourceId, setSourceId] = useState(servers[0]?.id ?? "");
  const [typed, setTyped] = useState("");
  /** What would be lost at the place that was asked for. */
  const [loss, setLoss] = useState<string | null>(null);
  const form = useVerbForm(restore, { onSuccess: ({ runId }) => router.push(`/runs/${runId}`) });

  const send = async () => {
    const where = whereOf(place, isDatabase);
    const overwrite = loss !== null;
    const target = isDatabase ? { sourceId, database: where, overwrite } : { path: where, overwrite };
    const answer = await form.submit({ id: artifactId, target, ...(overwrite && { confirm: typed.trim() }) });
    if (answer && !answer.ok && answer.error.code === "conflict" && !overwrite) {
      // The rest of the message tells callers of the API how to insist.
      setLoss(answer.error.message.split(" To go on,")[0] ?? answer.error.message);
      form.clear();
    }
  };
  const move = (next: string) => {
    setPlace(next);
    setLoss(null);
    setTyped("");
    form.clear();
  };
  const { fields } = form;
  if (isDatabase && !isAdmin) return <Note>Only administrators restore into a database server.</Note>;
  if (isDatabase && servers.length === 0) {
    return <Note>No source tells Belfry how to reach such a server. An administrator can add one under Sources.</Note>;
  }
  return (
    <form
      ref={form.formRef}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <FieldStack>
        <FormError error={form.error} />
        {isDatabase && (
          <Field
            label="Server"
            error={fields["target.sourceId"]}
            help="The host, user and password of this source are used; its own database is not touched unless it is named below."
          >
            <Select
              value={sourceId}
              onChange={(event) => {
                setSourceId(event.target.value);
                move(place);
              }}
              options={servers.map(({ id, name }) => ({ value: id, label: name }))}
            />
          </Field>
        )}
        <Field
          label={PLACE_LABEL[restoresTo]}
          error={fields["target.path"] ?? fields["target.database"] ?? fields.target}
          help={helpOf(restoresTo, isAdmin, folder)}
        >
          <Input
            value={place}
            onChange={(event) => move(event.target.value)}
            spellCheck={false}
            autoCapitalize="off"
            className="font-mono"
          />
        </Field>
        {loss !== null && (
          <div className="flex flex-col gap-3 border-failure border-l-2 pl-3">
            <div role="alert" className="text-sm">
              <p className="font-medium text-failure">Something is there already</p>
              <p className="text-muted">{loss}</p>
            </div>
            {isAdmin && (
              <Field
                label={
                  <>
                    To overwrite it, type{" "}
                    <span className="select-all break-all font-mono">{whereOf(place, isDatabase)}</span>
                  </>
                }
                error={fields.confirm}
              >
                <Input
                  value={typed}
                  onChange={(event) => setTyped(event.target.value)}
                  spellCheck={false}
                  autoCapitalize="off"
                  className="font-mono"
                />
              </Field>
            )}
          </div>
        )}
        <div className="flex justify-end gap-2">
          {loss === null ? (
            <Button type="submit" variant="primary" pending={form.pending}>
              Restore
            </Button>
          ) : (
            isAdmin && (
              <Button
                type="submit"
                variant="danger"
                pending={form.pending}
                disabled={typed.trim() !== whereOf(place, isDatabase)}
              >
                Overwrite and restore
              </Button>
            )
          )}
        </div>
      </FieldStack>
    </form>
  );
}

/** The place as the server will name it: a path without doubled, trailing or dotted parts. */
function whereOf(place: string, isDatabase: boolean): string {
  const text = place.trim();
  if (isDatabase) return text;
  return text.replaceAll(/\/(\.?\/)+/g, "/").replace(/(?<=.)\/\.?$/, "");
}

function helpOf(restoresTo: Props["restoresTo"], isAdmin: boolean, folder: string): string {
  if (restoresTo === "database") return "A new name makes a new database. If it exists, you are asked first.";
  const what = restoresTo === "file" ? "A new file" : "A folder; it is made when it is missing";
  return isAdmin ? `${what}. If something is there, you are asked first.` : `${what}, inside ${folder}.`;
}
