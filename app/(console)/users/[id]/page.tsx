import type { Metadata } from "next";
import { cache } from "react";
import { LiveRefresh } from "@/components/live/live-refresh";
import { msOf } from "@/components/ms-of";
import { Crumbs } from "@/components/shell/breadcrumbs";
import { RoleBadge } from "@/components/status/role-badge";
import { UserStatusBadge } from "@/components/status/user-status-badge";
import { Page } from "@/components/ui/page";
import { PageHeader } from "@/components/ui/page-header";
import { AdminsOnlyNote } from "@/components/user/admins-only-note";
import { apiKeysList } from "@/lib/services/api-keys/list";
import { usersGet } from "@/lib/services/users/get";
import { page } from "@/lib/web/page";
import { currentUser } from "../../current-user";
import { clientChoices } from "../_components/client-choices";
import { UserAccess } from "../_components/user-access";
import { UserForm } from "../_components/user-form";

const readUser = cache((id: string) => page(usersGet, { id }));

export async function generateMetadata({ params }: { params: Promise<{ id: string }> }): Promise<Metadata> {
  const { name, status } = await readUser((await params).id);
  return { title: status === "active" ? name : `${name}, ${status}` };
}

export default async function UserPage({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params;
  const { id: ownId, isAdmin } = await currentUser();
  const user = await readUser(id);
  const owned = isAdmin ? (await page(apiKeysList, { owner: id, validOnly: true, limit: 200 })).items : [];
  const keys = owned.map(({ id: keyId, name, role }) => ({ id: keyId, name, role }));
  return (
    <Page narrow>
      <LiveRefresh topics={["users", "api-keys"]} ids={[id, ...keys.map((key) => key.id)]} />
      <Crumbs items={[{ label: "Users", href: "/users" }, { label: user.name }]} />
      <PageHeader
        title={user.name}
        sub={user.email}
        badge={
          <span className="flex gap-1.5">
            <RoleBadge role={user.role} />
            <UserStatusBadge status={user.status} />
          </span>
        }
      />
      {isAdmin ? (
        <>
          <UserForm
            key={`${user.role} ${user.clientIds?.join(" ") ?? "all"}`}
            user={{
              id,
              name: user.name,
              email: user.email ?? "",
              role: user.role,
              status: user.status,
              clientIds: user.clientIds,
            }}
            clients={await clientChoices()}
            isSelf={id === ownId}
            keys={keys}
          />
          <UserAccess
            keys={keys}
            user={{
              id,
              name: user.name,
              status: user.status,
              isLocked: user.isLocked,
              isSelf: id === ownId,
              lastLoginAt: msOf(user.lastLoginAt),
              createdAt: msOf(user.createdAt),
              invitationExpiresAt: msOf(user.invitationExpiresAt),
            }}
          />
        </>
      ) : (
        <AdminsOnlyNote what="change accounts" />
      )}
    </Page>
  );
}
