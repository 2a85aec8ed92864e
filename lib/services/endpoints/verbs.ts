import type { EndpointKind } from "./kind";
import { defineReadVerbs } from "./read-verbs";
import { type EndpointSpec, endpointFrame } from "./spec";
import { defineTestVerbs } from "./test-verbs";
import { defineWriteVerbs } from "./write-verbs";

/** All verbs of sources, or of destinations. They differ in what the spec says, and in nothing else. */
export function defineEndpointVerbs<K extends EndpointKind, X extends object>(spec: EndpointSpec<K, X>) {
  const frame = endpointFrame(spec);
  return { ...defineReadVerbs(frame), ...defineWriteVerbs(frame), ...defineTestVerbs(frame) };
}
