/** What a button says that leads to sending again what a channel lost. */
export function resendLabel(count: number): string {
  return `Resend ${count.toLocaleString("en")} undelivered…`;
}
