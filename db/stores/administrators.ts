/** Every transaction that counts administrators, or that gives or takes what goes with their accounts, locks this. */
export const ADMINISTRATORS = ["users:administrators"];
