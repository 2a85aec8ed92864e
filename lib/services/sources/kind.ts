import { AppError } from "@/lib/core/errors";
import type { Source } from "@/lib/jobs/contract";
import { sourceKind } from "@/lib/jobs/registry";

/** @throws AppError `invalid` for a kind that is not known */
export function requireSourceKind(id: string): Source {
  const kind = sourceKind(id);
  if (kind) return kind;
  throw new AppError("invalid", "Some fields are invalid.", {
    fields: { kind: `Belfry knows no sources of the kind ${id}.` },
  });
}
