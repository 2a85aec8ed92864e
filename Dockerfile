# Node 24 is the newest line with long support that better-sqlite3 is built for. The compiler stays in the build stage.
# `prepare` compiles that package again where headers of Node would make it abort, and builds the program.
FROM node:24-bookworm AS build
WORKDIR /opt/belfry
COPY package.json package-lock.json ./
RUN PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --include=dev --no-audit --no-fund
COPY . .
# The key that names server actions must not change from build to build, or tabs that are open during an upgrade break:
# pass the same secret to each build. Without one each build has its own key.
RUN --mount=type=secret,id=belfry_secret_key \
    BELFRY_SECRET_KEY_FILE=/run/secrets/belfry_secret_key BELFRY_DATA_DIR=/tmp/build-data node lib/runtime/prepare.mjs server \
 && npm prune --omit=dev --no-audit --no-fund \
 && rm -rf /tmp/build-data .next/cache

FROM node:24-bookworm-slim
RUN apt-get update \
 && DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends \
      borgbackup borgmatic ca-certificates gzip openssh-client postgresql-client restic sqlite3 tar tini util-linux zstd \
 && rm -rf /var/lib/apt/lists/* \
 && groupadd --gid 10001 belfry \
 && useradd --uid 10001 --gid belfry --home-dir /data --no-create-home --shell /usr/sbin/nologin belfry \
 && install -d -o belfry -g belfry -m 0700 /data
WORKDIR /opt/belfry
COPY --from=build /opt/belfry/node_modules ./node_modules
COPY --from=build /opt/belfry/.next ./.next
COPY --from=build /opt/belfry/dist ./dist
COPY --from=build /opt/belfry/drizzle ./drizzle
COPY --from=build /opt/belfry/public ./public
COPY --from=build /opt/belfry/docs ./docs
COPY --from=build /opt/belfry/package.json ./package.json
ENV NODE_ENV=production \
    PORT=3000 \
    BELFRY_DATA_DIR=/data
USER belfry
VOLUME /data
EXPOSE 3000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT}/api/health`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["tini", "--"]
CMD ["node", "--enable-source-maps", "dist/server.mjs"]
