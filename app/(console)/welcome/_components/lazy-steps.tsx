"use client";

import { lazyPart } from "@/components/ui/lazy-part";

/** Each step of the start loads its own form alone. */
export const FirstChannelPart = lazyPart(() => import("./first-channel").then((file) => file.FirstChannel));
export const FirstJobPart = lazyPart(() => import("./first-job").then((file) => file.FirstJob));
