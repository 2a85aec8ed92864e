import type { Subject } from "@/lib/core/event";

/** What events about the installation as a whole are about. */
export const INSTALLATION_SUBJECT: Subject = { kind: "installation", id: "belfry", name: "Belfry" };
