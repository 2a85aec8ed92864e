import { createSilenceAction, deleteSilenceAction } from "./actions";

/** What a menu that silences one thing does, and takes back. */
export const silenceMenuActions = { create: createSilenceAction, remove: deleteSilenceAction };
