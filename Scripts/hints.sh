# shellcheck shell=bash
# Sourced by run.sh: what to try next.

print_hints() {
  local hooks operations console program here token
  hooks=http://$(authority "$PROXYHOOKS_LISTEN")/centrifugo
  console=http://$(authority "$PROXYHOOKS_OPERATIONS_LISTEN")/console
  operations=http://$(authority "$PROXYHOOKS_OPERATIONS_LISTEN")
  program=$proxyhooks
  if [ .build/release/proxyhooks -ef "$proxyhooks" ]; then program=.build/release/proxyhooks; fi
  here=$(printf '%q' "$PWD")
  token=$("$program" token issue --user alice --config "$settings")
  cat <<END || true

ProxyHooks is ready.

  hooks       $hooks/connect, refresh, subscribe, sub_refresh, publish, rpc
  over gRPC   $([ "$PROXYHOOKS_GRPC_LISTEN" = off ] && echo off || echo "grpc://$PROXYHOOKS_GRPC_LISTEN")
  operations  $operations/healthz, /readyz, /metrics
  settings    $settings, secrets included
  policy      $(setting "$settings" PROXYHOOKS_POLICY_FILE)
  decisions   $program audit query .dev/decisions --table
  console     $console, any name, and as password PROXYHOOKS_CONSOLE_TOKEN of the settings
  logs        tail -f .dev/proxyhooks.log    beside it: postgres.log, redis.log, centrifugo.log
  database    psql '$postgres_url'
  Redis       redis-cli -s $redis_socket

In the match demo-match alice drives and bob rides; mallory is in no match. A token of alice's, good for an hour:

  $token

Others: $program token issue --user bob --config $settings

Ask what Centrifugo would ask, in another terminal:

  curl -sS -H "X-ProxyHooks-Secret: \$(sed -n 's/^PROXYHOOKS_SECRET=//p' $here/$settings)" $hooks/connect -d '{"client":"try","data":{"token":"$token"}}'

And then, in $PWD, subscribe, write and read:

  hook() { curl -sS -H "X-ProxyHooks-Secret: \$(sed -n 's/^PROXYHOOKS_SECRET=//p' $settings)" "$hooks/\$1" -d "\$2"; echo; }
  hook subscribe '{"client":"try","user":"alice","channel":"match:demo-match"}'
  hook publish '{"client":"try","user":"alice","channel":"match:demo-match","data":{"id":"'\$(cat /proc/sys/kernel/random/uuid)'","kind":"text","text":"Five minutes"}}'
  hook rpc '{"client":"try","user":"bob","method":"chat:history","data":{"match":"demo-match"}}'
  hook subscribe '{"client":"try","user":"mallory","channel":"match:demo-match"}'

Why mallory was refused, who may do what, and whether the log was touched:

  $program policy explain --given role=none,match=open --operation subscribe
  $program policy matrix centrifugo/policy.yaml
  $program audit verify .dev/decisions --key .dev/decisions.pub --anchors .dev/proxyhooks.log
END
  print_centrifugo
  say '' 'Ctrl-C stops all of it.'
}

print_centrifugo() {
  if [ -n "$centrifugo" ]; then
    local at
    at=$(authority "$centrifugo_listen")
    cat <<END || true

Centrifugo runs with $centrifugo_config and calls these hooks. With centrifuge-js:

  new Centrifuge("ws://$at/connection/websocket", {getData: async () => ({token: await fetchToken()})})

Its server API, with the key in .dev/centrifugo.env:

  curl -sS -H "X-API-Key: \$(sed -n 's/^CENTRIFUGO_HTTP_API_KEY=//p' .dev/centrifugo.env)" http://$at/api/info -d '{}'
END
  else
    cat <<END || true

There is no centrifugo on the PATH, so none was started. Version 6.9 for your system is at
https://github.com/centrifugal/centrifugo/releases; then: make run CENTRIFUGO_BIN=/path/to/centrifugo
END
  fi
}
