"use server";

import { clientsCreate } from "@/lib/services/clients/create";
import { clientsDelete } from "@/lib/services/clients/delete";
import { clientsRevoke } from "@/lib/services/clients/revoke";
import { clientsRotate } from "@/lib/services/clients/rotate";
import { clientsUpdate } from "@/lib/services/clients/update";
import { action } from "@/lib/web/action";

export const createClientAction = action(clientsCreate, { withOrigin: true });
export const updateClientAction = action(clientsUpdate);
export const rotateClientAction = action(clientsRotate, { withOrigin: true });
export const revokeClientAction = action(clientsRevoke);
export const deleteClientAction = action(clientsDelete);
