import { resolve } from "node:path";
import { setRuntimeValue } from "@/lib/core/runtime";

// What the composition root sets in a real process.
setRuntimeValue("baseUrl", null);
setRuntimeValue("dataDir", resolve("data"));
