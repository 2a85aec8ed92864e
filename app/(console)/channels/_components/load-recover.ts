/** Few channels lose anything: the dialog comes with the first touch of the page. */
export const loadRecover = () => import("./recover-dialog").then(({ RecoverDialog }) => RecoverDialog);
