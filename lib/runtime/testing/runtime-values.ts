import { setRuntimeValue } from "@/lib/core/runtime";

setRuntimeValue("baseUrl", null);
