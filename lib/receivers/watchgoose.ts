import { defineReceiver } from "./contract";
import { readPing } from "./healthchecks";

/** Watchgoose speaks as Healthchecks does. */
export const watchgooseReceiver = defineReceiver({ id: "watchgoose", name: "Watchgoose", read: readPing });
