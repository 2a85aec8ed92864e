import type { ConnectionState } from "@/lib/core/connection";
import type { DestinationWatch } from "@/lib/core/destination-watch";
import type { Labels } from "@/lib/core/label";
import type { StorageThreshold } from "@/lib/core/storage";

/** A source or destination as its service answers it. */
export interface EndpointLine {
  id: string;
  name: string;
  kind: string;
  kindLabel: string;
  labels: Labels;
  /** Where it is, in one line. */
  summary: string;
  config: Record<string, unknown>;
  /** The mounts that it lay on when it was set up. */
  mountPoints: readonly string[];
  /** Whether it was reached at the last look. */
  connection: {
    state: ConnectionState;
    since: string | null;
    problem: string | null;
    version: string | null;
    checkedAt: string | null;
  };
  usedBy: readonly { id: string; name: string }[];
  createdAt: string;
  updatedAt: string;
  /** Only of a destination: when it counts as low, and how full it is. */
  threshold?: StorageThreshold;
  watch?: DestinationWatch;
  usage?: {
    count: number;
    bytes: number;
    overdue: number;
    usedBytes: number | null;
    freeBytes: number | null;
    /** Why it could not be measured, a sentence. */
    problem: string | null;
    checkedAt: string | null;
  };
}
