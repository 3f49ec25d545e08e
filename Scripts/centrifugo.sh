# shellcheck shell=bash
# Sourced after say.sh, processes.sh, settings.sh and servers.sh: a Centrifugo before the development service.

# find_centrifugo: sets centrifugo to the program, or to nothing, and where it is to listen.
find_centrifugo() {
  centrifugo=${CENTRIFUGO_BIN:-$(command -v centrifugo || true)}
  if [ -n "$centrifugo" ] && ! command -v "$centrifugo" >/dev/null; then
    die "CENTRIFUGO_BIN is $centrifugo, which is no program."
  fi
  centrifugo_config=${CENTRIFUGO_CONFIG:-centrifugo/config.json}
  unset CENTRIFUGO_BIN CENTRIFUGO_CONFIG # Centrifugo warns of names that it doesn't know.
  export CENTRIFUGO_HTTP_SERVER_ADDRESS=${CENTRIFUGO_HTTP_SERVER_ADDRESS:-127.0.0.1}
  export CENTRIFUGO_HTTP_SERVER_PORT=${CENTRIFUGO_HTTP_SERVER_PORT:-8000}
  centrifugo_listen=$CENTRIFUGO_HTTP_SERVER_ADDRESS:$CENTRIFUGO_HTTP_SERVER_PORT
}

# use_centrifugo: tells the service where the server API is going to be, and its key.
use_centrifugo() {
  put_secret .dev/centrifugo.env CENTRIFUGO_HTTP_API_KEY 32
  PROXYHOOKS_CENTRIFUGO_API_URL=http://$(authority "$centrifugo_listen")/api
  PROXYHOOKS_CENTRIFUGO_API_KEY=$(setting .dev/centrifugo.env CENTRIFUGO_HTTP_API_KEY)
  # The console looks at the configuration that runs.
  PROXYHOOKS_CONSOLE_CENTRIFUGO_CONFIG=$(realpath -- "$centrifugo_config")
  export PROXYHOOKS_CENTRIFUGO_API_URL PROXYHOOKS_CENTRIFUGO_API_KEY PROXYHOOKS_CONSOLE_CENTRIFUGO_CONFIG
}

# call_hooks_at ADDRESS SEPARATOR: with no separator all hooks have the one address, as in gRPC.
call_hooks_at() {
  export CENTRIFUGO_CLIENT_PROXY_CONNECT_ENDPOINT=$1${2:+$2connect}
  export CENTRIFUGO_CLIENT_PROXY_REFRESH_ENDPOINT=$1${2:+$2refresh}
  export CENTRIFUGO_CHANNEL_PROXY_SUBSCRIBE_ENDPOINT=$1${2:+$2subscribe}
  export CENTRIFUGO_CHANNEL_PROXY_PUBLISH_ENDPOINT=$1${2:+$2publish}
  export CENTRIFUGO_CHANNEL_PROXY_SUB_REFRESH_ENDPOINT=$1${2:+$2sub_refresh}
  export CENTRIFUGO_RPC_PROXY_ENDPOINT=$1${2:+$2rpc}
}

# start_centrifugo HTTP GRPC: with the hooks at those hosts and ports, each for the configurations that name it.
# Variables go before the file in Centrifugo.
start_centrifugo() {
  CENTRIFUGO_HTTP_API_KEY=$(setting .dev/centrifugo.env CENTRIFUGO_HTTP_API_KEY)
  CENTRIFUGO_VAR_PROXYHOOKS_SECRET=$(setting .dev/proxyhooks.env PROXYHOOKS_SECRET)
  CENTRIFUGO_CONSUMERS_OUTBOX_POSTGRESQL_DSN=$(setting .dev/proxyhooks.env PROXYHOOKS_DATABASE_URL)
  export CENTRIFUGO_HTTP_API_KEY CENTRIFUGO_VAR_PROXYHOOKS_SECRET CENTRIFUGO_CONSUMERS_OUTBOX_POSTGRESQL_DSN
  export CENTRIFUGO_HEALTH_ENABLED=true
  if grep -qs 'grpc://' "$centrifugo_config"; then
    [ "$2" != off ] || die "$centrifugo_config has the hooks called over gRPC, and PROXYHOOKS_GRPC_LISTEN is off."
    if [ "$2" != 127.0.0.1:8081 ]; then call_hooks_at "grpc://$(authority "$2")" ''; fi
  elif [ "$1" != 127.0.0.1:8080 ]; then
    call_hooks_at "http://$1/centrifugo" /
  fi
  start Centrifugo TERM .dev/centrifugo.log "$centrifugo" --config "$centrifugo_config"
  until_it_answers Centrifugo "$started_pid" .dev/centrifugo.log \
    ask "http://$(authority "$centrifugo_listen")/health"
}
