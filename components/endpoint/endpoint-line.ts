/** A source or destination as its service answers it. */
export interface EndpointLine {
  id: string;
  name: string;
  kind: string;
  kindLabel: string;
  /** Where it is, in one line. */
  summary: string;
  config: Record<string, unknown>;
  /** The mounts that it lay on when it was set up. */
  mountPoints: readonly string[];
  usedBy: readonly { id: string; name: string }[];
  createdAt: string;
  updatedAt: string;
  /** Only of a destination: how full it is. */
  usage?: { count: number; bytes: number; overdue: number; freeBytes: number | null };
}
