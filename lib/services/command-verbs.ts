import type { z } from "zod";
import { apiKeysCreate } from "@/lib/services/api-keys/create";
import { apiKeysList } from "@/lib/services/api-keys/list";
import { apiKeysRevoke } from "@/lib/services/api-keys/revoke";
import { artifactsAccept } from "@/lib/services/artifacts/accept";
import { artifactsList } from "@/lib/services/artifacts/list";
import { artifactsRestore } from "@/lib/services/artifacts/restore";
import { artifactsTestRestore } from "@/lib/services/artifacts/test-restore";
import { channelsList } from "@/lib/services/channels/list";
import { channelsRecover } from "@/lib/services/channels/recover";
import { channelsTest } from "@/lib/services/channels/test";
import { clientsCreate } from "@/lib/services/clients/create";
import { clientsDelete } from "@/lib/services/clients/delete";
import { clientsList } from "@/lib/services/clients/list";
import { clientsRevoke } from "@/lib/services/clients/revoke";
import { clientsRotate } from "@/lib/services/clients/rotate";
import { clientsUpdate } from "@/lib/services/clients/update";
import { configBackupCreate } from "@/lib/services/config-backup/create";
import { configBackupReport } from "@/lib/services/config-backup/report";
import { configBackupRestore } from "@/lib/services/config-backup/restore";
import { deliveriesGet } from "@/lib/services/deliveries/get";
import { deliveriesList } from "@/lib/services/deliveries/list";
import { installationStayApart, installationTakeOver } from "@/lib/services/installation/decide";
import { installationGet } from "@/lib/services/installation/get";
import { jobsGet } from "@/lib/services/jobs/get";
import { jobsList } from "@/lib/services/jobs/list";
import { jobsPause } from "@/lib/services/jobs/pause";
import { jobsResume } from "@/lib/services/jobs/resume";
import { jobsRun } from "@/lib/services/jobs/run";
import { notificationsAcknowledge } from "@/lib/services/notifications/acknowledge";
import { notificationsGet } from "@/lib/services/notifications/get";
import { notificationsList } from "@/lib/services/notifications/list";
import { notificationsRead } from "@/lib/services/notifications/read";
import { notificationsReadAll } from "@/lib/services/notifications/read-all";
import { notificationsResolve } from "@/lib/services/notifications/resolve";
import { notificationsSnooze } from "@/lib/services/notifications/snooze";
import { reportsPreview } from "@/lib/services/reports/preview";
import { reportsSend } from "@/lib/services/reports/send";
import { repositoriesArchives } from "@/lib/services/repositories/archives";
import { repositoriesEntries } from "@/lib/services/repositories/entries";
import { repositoriesList } from "@/lib/services/repositories/list";
import { repositoriesCheck, repositoriesCompact, repositoriesPrune } from "@/lib/services/repositories/tasks";
import { runsCancel } from "@/lib/services/runs/cancel";
import { runsGet } from "@/lib/services/runs/get";
import { runsList } from "@/lib/services/runs/list";
import { runsLog } from "@/lib/services/runs/log";
import { silencesCreate } from "@/lib/services/silences/create";
import { silencesDelete } from "@/lib/services/silences/delete";
import { silencesList } from "@/lib/services/silences/list";
import { silencesUpdate } from "@/lib/services/silences/update";
import { syncsCreate } from "@/lib/services/syncs/create";
import { syncsDelete } from "@/lib/services/syncs/delete";
import { syncsList } from "@/lib/services/syncs/list";
import { syncsRun } from "@/lib/services/syncs/run";
import { syncsUpdate } from "@/lib/services/syncs/update";
import { usersCreate } from "@/lib/services/users/create";
import { usersDisable, usersEnable } from "@/lib/services/users/enable";
import { usersList } from "@/lib/services/users/list";
import { usersSignOut } from "@/lib/services/users/sign-out";
import { usersUnlock, usersUnlockAddress } from "@/lib/services/users/unlock";
import { usersUpdate } from "@/lib/services/users/update";

/** The verbs of the `belfry` command, called on a running server or in its own process. */
export const COMMAND_VERBS = {
  "apiKeys.create": apiKeysCreate,
  "apiKeys.list": apiKeysList,
  "apiKeys.revoke": apiKeysRevoke,
  "channels.recover": channelsRecover,
  "clients.create": clientsCreate,
  "clients.delete": clientsDelete,
  "clients.list": clientsList,
  "clients.revoke": clientsRevoke,
  "clients.rotate": clientsRotate,
  "clients.update": clientsUpdate,
  "repositories.archives": repositoriesArchives,
  "repositories.check": repositoriesCheck,
  "repositories.compact": repositoriesCompact,
  "repositories.entries": repositoriesEntries,
  "repositories.list": repositoriesList,
  "repositories.prune": repositoriesPrune,
  "syncs.create": syncsCreate,
  "syncs.delete": syncsDelete,
  "syncs.list": syncsList,
  "syncs.run": syncsRun,
  "syncs.update": syncsUpdate,
  "users.create": usersCreate,
  "users.list": usersList,
  "users.update": usersUpdate,
  "users.disable": usersDisable,
  "users.enable": usersEnable,
  "users.signOut": usersSignOut,
  "users.unlock": usersUnlock,
  "users.unlockAddress": usersUnlockAddress,
  "jobs.get": jobsGet,
  "jobs.list": jobsList,
  "jobs.pause": jobsPause,
  "jobs.resume": jobsResume,
  "jobs.run": jobsRun,
  "runs.cancel": runsCancel,
  "runs.list": runsList,
  "runs.get": runsGet,
  "runs.log": runsLog,
  "artifacts.list": artifactsList,
  "artifacts.restore": artifactsRestore,
  "artifacts.testRestore": artifactsTestRestore,
  "artifacts.accept": artifactsAccept,
  "channels.list": channelsList,
  "channels.test": channelsTest,
  "deliveries.list": deliveriesList,
  "deliveries.get": deliveriesGet,
  "reports.preview": reportsPreview,
  "reports.send": reportsSend,
  "notifications.get": notificationsGet,
  "notifications.list": notificationsList,
  "notifications.read": notificationsRead,
  "notifications.readAll": notificationsReadAll,
  "notifications.acknowledge": notificationsAcknowledge,
  "notifications.resolve": notificationsResolve,
  "notifications.snooze": notificationsSnooze,
  "silences.list": silencesList,
  "silences.create": silencesCreate,
  "silences.update": silencesUpdate,
  "silences.delete": silencesDelete,
  "configBackup.create": configBackupCreate,
  "configBackup.report": configBackupReport,
  "configBackup.restore": configBackupRestore,
  "installation.get": installationGet,
  "installation.takeOver": installationTakeOver,
  "installation.stayApart": installationStayApart,
};

type CommandVerbs = typeof COMMAND_VERBS;
export type CommandVerb = keyof CommandVerbs;

/** Calls a verb for the command line, wherever it runs. Throws AppError as the verb does. */
export type CommandCall = <N extends CommandVerb>(
  name: N,
  input: z.input<CommandVerbs[N]["input"]>,
) => Promise<Awaited<ReturnType<CommandVerbs[N]["call"]>>>;
