import { AppError } from "@/lib/core/errors";
import type { Destination } from "@/lib/jobs/contract";
import { destinationKind } from "@/lib/jobs/registry";

/** @throws AppError `invalid` for a kind that is not known */
export function requireDestinationKind(id: string): Destination {
  const kind = destinationKind(id);
  if (kind) return kind;
  throw new AppError("invalid", "Some fields are invalid.", {
    fields: { kind: `Belfry knows no destinations of the kind ${id}.` },
  });
}
