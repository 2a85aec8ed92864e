import type { RepositoryKind } from "@/lib/core/repository";
import { borg } from "./borg";
import type { RepositoryProgram } from "./contract";
import { restic } from "./restic";

const PROGRAMS: Readonly<Record<RepositoryKind, RepositoryProgram>> = { borg, restic };

export const allRepositoryPrograms = (): readonly RepositoryProgram[] => Object.values(PROGRAMS);
export const repositoryProgram = (kind: RepositoryKind): RepositoryProgram => PROGRAMS[kind];
