import { OPERATIONS } from "@/lib/services/openapi/operations";
import { openApiOperation } from "@/lib/services/openapi/read";
import { router } from "@/lib/web/router";

const handle = router([...OPERATIONS, openApiOperation]);

export { handle as DELETE, handle as GET, handle as OPTIONS, handle as PATCH, handle as POST, handle as PUT };
