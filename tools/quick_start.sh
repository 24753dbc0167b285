#!/bin/sh
# `make run` in a clean checkout: it must come up, serve, keep what it has, and come up again quickly.
set -eu
port=${PORT:-8123}

start() {
  began=$(date +%s)
  make run PORT="$port" >run.log 2>&1 &
  pid=$!
  for _ in $(seq 1 240); do
    if curl -fsS "http://127.0.0.1:$port/health/" >/dev/null 2>&1; then
      echo "make run: up after $(($(date +%s) - began)) s"
      return 0
    fi
    if ! kill -0 $pid 2>/dev/null; then break; fi
    sleep 0.5
  done
  cat run.log
  echo "make run did not come up" >&2
  exit 1
}

# TERM, since a shell's background jobs ignore INT; KILL for what does not listen, so that nothing waits for ever.
stop() {
  pkill -TERM -f "manage.py serve --demo --port $port" || true
  for _ in $(seq 1 40); do
    pgrep -f "manage.py serve --demo --port $port" >/dev/null || break
    sleep 0.5
  done
  pkill -KILL -f "manage.py serve --demo --port $port" || true
  wait $pid 2>/dev/null || true
}

start
grep -q "jingban" run.log || { cat run.log; echo "no sign-ins were printed" >&2; exit 1; }
for page in /accounts/sign-in/ /public/ /public/tools/ /public/draws/ /static/mingqian/app.css; do
  curl -fsS -o /dev/null "http://127.0.0.1:$port$page"
done
stop
start
stop
