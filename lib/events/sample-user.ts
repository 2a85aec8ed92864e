/** The user of Tests, previews and the documentation. */
export const SAMPLE_USER = { id: "usr_sample", name: "Ana Example", email: "ana@example.org" };
