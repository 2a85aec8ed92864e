/** A source or destination as its service answers it. */
export interface EndpointLine {
  id: string;
  name: string;
  kind: string;
  kindLabel: string;
  /** Where it is, in one line. */
  summary: string;
  config: Record<string, unknown>;
  usedBy: readonly { id: string; name: string }[];
  createdAt: string;
  updatedAt: string;
  /** Only of a destination: how full it is. */
  usage?: { count: number; bytes: number; freeBytes: number | null };
}
