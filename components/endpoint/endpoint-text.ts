export type EndpointNoun = "source" | "destination";

interface EndpointText {
  title: string;
  about: string;
  /** Explains the noun where there is none yet. */
  empty: string;
  /** Below the title of the form for a new one. */
  create: string;
  /** What deleting leaves as it is. */
  remains: string;
}

export const ENDPOINT_TEXT: Record<EndpointNoun, EndpointText> = {
  source: {
    title: "Sources",
    about: "What is backed up: databases and folders.",
    empty: "A source is what a job reads: a database or a folder.",
    create: "What to back up. Test it before you save it.",
    remains: "The data it points to is not touched, and backups of it are kept.",
  },
  destination: {
    title: "Destinations",
    about: "Where backups are stored.",
    empty: "A destination is where a job stores its backups.",
    create: "Where to store backups. Test it before you save it.",
    remains: "The backups stored there are kept, but Belfry can no longer restore them.",
  },
};
