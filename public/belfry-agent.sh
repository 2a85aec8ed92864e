#!/bin/sh
# The agent of Belfry: it reports to a Belfry server that this machine is there, and how full its disks are.
# It needs only sh, curl and the usual tools of a Unix system. It runs nothing that the server sends.
#
#   sh belfry-agent.sh install URL    install it here; reads the token of the client from standard input
#   belfry-agent run                  report again and again, until it is ended
#   belfry-agent beat                 report once
#   belfry-agent uninstall            remove what was installed
#
# BELFRY_AGENT_DIR names another folder for its files, where no service is set up.
set -u
umask 077
export LC_ALL=C
VERSION=1

say() { printf 'belfry-agent: %s\n' "$*"; }
fail() {
  say "$*" >&2
  exit 1
}

# Where its files are: of root below /etc, of anybody else below the home folder.
if [ -n "${BELFRY_AGENT_DIR:-}" ]; then
  DIR=$BELFRY_AGENT_DIR
elif [ "$(id -u)" = 0 ]; then
  DIR=/etc/belfry-agent
else
  DIR=${HOME:?}/.config/belfry-agent
fi
CONFIG=$DIR/agent.conf
# Read by curl itself, so that no list of processes shows the token.
TOKEN=$DIR/token.curl
UNIT=/etc/systemd/system/belfry-agent.service

# One setting of the configuration file: lines of NAME=VALUE. The file is read, never executed.
setting() { sed -n "s/^$1=//p" "$CONFIG" 2>/dev/null | tail -n 1; }

# A text as a string of JSON, without what is no text.
json() {
  printf '"'
  printf '%s' "$1" | tr -d '\000-\037\177' | sed 's/[\\"]/\\&/g'
  printf '"'
}

host_name() { uname -n 2>/dev/null || hostname 2>/dev/null || echo unknown; }

uptime_seconds() { sed -n 's/^\([0-9]*\).*/\1/p' /proc/uptime 2>/dev/null; }

# The file systems on disks, each once. A mount whose server is away can hang df for ever: then this report goes without.
disks() {
  list=$DIR/disks.$$
  (df -Pk >"$list" 2>/dev/null; echo done >>"$list") &
  reader=$!
  tries=0
  while [ "$tries" -lt 20 ] && [ "$(tail -n 1 "$list" 2>/dev/null)" != done ]; do
    tries=$((tries + 1))
    sleep 0.25 2>/dev/null || sleep 1
  done
  kill "$reader" 2>/dev/null
  if [ "$(tail -n 1 "$list" 2>/dev/null)" = done ]; then
    seen=' '
    comma=
    count=0
    while read -r name total _used free _percent mount; do
      case $total$free in '' | *[!0-9]*) continue ;; esac
      case $name in /dev/loop*) continue ;; /* | *:*) ;; *) [ "$mount" = / ] || continue ;; esac
      case $seen in *" $name "*) continue ;; esac
      seen="$seen$name "
      count=$((count + 1))
      [ "$count" -le 50 ] && [ "$total" -gt 0 ] || continue
      printf '%s{"mount":%s,"totalBytes":%s,"freeBytes":%s}' "$comma" "$(json "$mount")" "$((total * 1024))" "$((free * 1024))"
      comma=,
    done <"$list"
  fi
  rm -f "$list"
}

# What a report says.
report() {
  up=$(uptime_seconds)
  printf '{"intervalSeconds":%s,"hostname":%s,"version":%s%s,"disks":[%s]}' \
    "$interval" "$(json "$(host_name)")" "$(json "$VERSION")" "${up:+,\"uptimeSeconds\":$up}" "$(disks)"
}

# Reports once. The interval that the server asks for is kept for the next report.
# What cron starts reports each minute, whatever the server asks for.
beat() {
  least=${1:-1}
  server=$(setting server)
  [ -n "$server" ] || fail "no server is set in $CONFIG"
  interval=$(cat "$DIR/interval" 2>/dev/null)
  case $interval in '' | *[!0-9]*) interval=60 ;; esac
  [ "$interval" -ge "$least" ] || interval=$least
  ca=$(setting cafile)
  answer=$(report | curl -sS --max-time 20 --connect-timeout 10 --config "$TOKEN" ${ca:+--cacert "$ca"} \
    -H 'Content-Type: application/json' --data-binary @- -w '\n%{http_code}' "$server/api/v1/agent/heartbeat" 2>&1)
  code=$(printf '%s\n' "$answer" | tail -n 1)
  case $code in
  200) ;;
  401 | 403)
    say "the server refuses the token of this client: make a new one there, and install it here" >&2
    return 1
    ;;
  *)
    say "could not report to $server: $(printf '%s' "$answer" | tr '\n' ' ')" >&2
    return 1
    ;;
  esac
  asked=$(printf '%s' "$answer" | sed -n 's/.*"intervalSeconds":\([0-9]\{1,4\}\)[^0-9].*/\1/p' | head -n 1)
  if [ -n "$asked" ] && [ "$asked" -ge 1 ] && [ "$asked" -le 3600 ]; then
    printf '%s\n' "$asked" >"$DIR/interval.$$" && mv -f "$DIR/interval.$$" "$DIR/interval"
  fi
}

run() {
  trap 'kill "${pause:-}" 2>/dev/null; exit 0' TERM INT HUP
  while :; do
    # In a shell of its own, so that nothing that fails ends the agent.
    (beat)
    interval=$(cat "$DIR/interval" 2>/dev/null)
    case $interval in '' | *[!0-9]*) interval=60 ;; esac
    sleep "$interval" &
    pause=$!
    wait "$pause"
  done
}

install() {
  server=${1:-}
  case $server in
  http://?* | https://?*) ;;
  *) fail "say where Belfry is: sh belfry-agent.sh install https://belfry.example.org" ;;
  esac
  server=${server%/}
  command -v curl >/dev/null 2>&1 || fail "curl is missing: install it first"
  IFS= read -r token || [ -n "${token:-}" ] || fail "no token came in: pipe it in, as the line from Belfry does"
  case $token in
  bfc_*[!A-Za-z0-9_-]* | bfc_) fail "this is not the token of a client" ;;
  bfc_*) ;;
  *) fail "this is not the token of a client" ;;
  esac
  mkdir -p "$DIR" || fail "the folder $DIR cannot be made"
  chmod 700 "$DIR"
  printf 'header = "Authorization: Bearer %s"\n' "$token" >"$TOKEN.new" && mv -f "$TOKEN.new" "$TOKEN" || fail "$TOKEN cannot be written"
  { sed '/^server=/d' "$CONFIG" 2>/dev/null; printf 'server=%s\n' "$server"; } >"$CONFIG.new" && mv -f "$CONFIG.new" "$CONFIG" ||
    fail "$CONFIG cannot be written"
  [ "$0" -ef "$DIR/belfry-agent" ] 2>/dev/null || cp "$0" "$DIR/belfry-agent" || fail "the agent cannot be copied to $DIR"
  chmod 700 "$DIR/belfry-agent"
  (beat) || fail "the first report failed, so nothing was set up to go on. Correct it, and run the line again."
  say "the first report has arrived"
  serve
}

# Sets up what goes on reporting: systemd where it runs, cron otherwise.
serve() {
  if [ -n "${BELFRY_AGENT_DIR:-}" ]; then
    say "no service was set up; start it with: BELFRY_AGENT_DIR=$DIR $DIR/belfry-agent run"
  elif [ "$(id -u)" = 0 ] && [ -d /run/systemd/system ]; then
    cat >"$UNIT" <<UNIT_END
[Unit]
Description=Belfry agent
After=network-online.target
Wants=network-online.target

[Service]
ExecStart=/bin/sh $DIR/belfry-agent run
Restart=always
RestartSec=10
NoNewPrivileges=yes
ProtectSystem=strict
ReadWritePaths=$DIR
PrivateTmp=yes

[Install]
WantedBy=multi-user.target
UNIT_END
    chmod 644 "$UNIT"
    systemctl daemon-reload && systemctl enable belfry-agent && systemctl restart belfry-agent || fail "systemd did not start the agent"
    say "it runs as the service belfry-agent"
  elif command -v crontab >/dev/null 2>&1; then
    { crontab -l 2>/dev/null | grep -v belfry-agent; echo "* * * * * /bin/sh $DIR/belfry-agent beat >/dev/null 2>&1"; } | crontab - ||
      fail "the line for cron could not be added"
    say "it reports each minute by cron"
  else
    say "neither systemd nor cron is here; let something start: /bin/sh $DIR/belfry-agent run"
  fi
}

uninstall() {
  if [ -z "${BELFRY_AGENT_DIR:-}" ]; then
    if [ "$(id -u)" = 0 ] && [ -f "$UNIT" ]; then
      systemctl disable --now belfry-agent 2>/dev/null
      rm -f "$UNIT"
      systemctl daemon-reload 2>/dev/null
    fi
    if command -v crontab >/dev/null 2>&1 && crontab -l 2>/dev/null | grep -q belfry-agent; then
      crontab -l | grep -v belfry-agent | crontab -
    fi
  fi
  rm -f "$TOKEN" "$CONFIG" "$DIR/interval" "$DIR/belfry-agent"
  rmdir "$DIR" 2>/dev/null
  say "removed"
}

case ${1:-} in
install) install "${2:-}" ;;
run) run ;;
beat) beat 60 ;;
uninstall) uninstall ;;
*) sed -n '2,11s/^# \{0,1\}//p' "$0" ;;
esac
