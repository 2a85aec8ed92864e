import type { NextConfig } from "next";

const nextConfig: NextConfig = {
  reactStrictMode: true,
  poweredByHeader: false,
  // Loaded once for the server's bundle and Next's.
  serverExternalPackages: ["better-sqlite3", "pg", "nodemailer", "undici", "twilio", "ssh2", "@aws-sdk/client-s3"],
  experimental: {
    serverActions: { bodySizeLimit: "1mb" },
    // Each page is loaded when it is first asked for: that keeps the idle process small and the start quick.
    preloadEntriesOnStart: false,
    // An installation builds once for each version: its cache takes a third of the build's time, and twice its space.
    turbopackFileSystemCacheForBuild: false,
  },
  // Types are a part of the checks (`npm run types`); a newcomer's build need not wait for them.
  typescript: { ignoreBuildErrors: true },
  devIndicators: false,
};

export default nextConfig;
