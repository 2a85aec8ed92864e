import { noSuchPath } from "@/lib/web/other-methods";

export const { GET, POST, PUT, PATCH, DELETE } = noSuchPath();
