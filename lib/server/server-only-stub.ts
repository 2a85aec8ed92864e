// Replaces `server-only` in the server's own bundle, where that package throws.
export {};
