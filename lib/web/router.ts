import { methodNotAllowed } from "@/lib/core/action-error";
import { PathTable } from "@/lib/core/path-table";
import { API_PREFIX, noSuchPath, withImplied } from "@/lib/services/openapi/allowed-methods";
import type { Operation } from "@/lib/services/openapi/operation";
import { readOnlyNames } from "@/lib/services/openapi/read-only";
import { errorAnswer, thrownAnswer } from "./answer";
import { answerCall, type RoutedCall } from "./route";

/**
 * Finds the operation by method and path and answers the request with it, an unknown path with 404,
 * a method that a path does not have with 405. `HEAD` is answered as `GET`.
 */
export function router(operations: readonly Operation[]): (request: Request) => Promise<Response> {
  const table = new PathTable<Map<string, RoutedCall>>();
  for (const operation of operations) {
    if (operation.isMachineRoute) continue;
    table
      .register(API_PREFIX + operation.path, () => new Map())
      .set(operation.method, {
        ...operation,
        readOnly: readOnlyNames(operations, operation),
      });
  }
  return async (request) => {
    const { pathname } = new URL(request.url);
    try {
      const found = table.find(pathname);
      if (!found) throw noSuchPath();
      const { method } = request;
      const call = found.value.get(method === "HEAD" ? "GET" : method);
      if (!call) return errorAnswer(methodNotAllowed(method, withImplied([...found.value.keys()])));
      return await answerCall(call, request, found.params);
    } catch (error) {
      return thrownAnswer(error, pathname);
    }
  };
}
