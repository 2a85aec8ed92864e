import type { NextConfig } from "next";

/** Handed to `next()` by the server's entry as well, so that it is not loaded a second time when the server starts. */
export const nextConfig: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // The server in front caps bodies and compresses nothing: Next gzips its pages itself.
  serverExternalPackages: ["better-sqlite3", "pg", "nodemailer", "undici", "esbuild"],
  experimental: { serverActions: { bodySizeLimit: "1mb" } },
  // Types are a part of the checks (`npm run types`); a newcomer's build need not wait for them.
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
};

export default nextConfig;
