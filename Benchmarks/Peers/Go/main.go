// The service that a Go programmer would write in ProxyHooks' place: net/http, a pgx pool with prepared statements, a
// redigo pool. It answers the hooks that the benchmark asks, on the same tables, with the same limits and decisions.
package main

import (
	"context"
	"log"
	"net/http"
	"os"
	"os/signal"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"
)

func setting(name string) string {
	value := os.Getenv("PEER_" + name)
	if value == "" {
		log.Fatalf("PEER_%s is not set", name)
	}
	return value
}

func number(name string, otherwise int) int {
	if value, err := strconv.Atoi(os.Getenv("PEER_" + name)); err == nil {
		return value
	}
	return otherwise
}

func main() {
	// The heap is a few MiB: collecting it less often costs some more of them and saves processor time. The figures of
	// both and of the pools' sizes are in docs/performance.md.
	debug.SetGCPercent(number("GC_PERCENT", 400))

	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	store, err := newStore(ctx, setting("STATEMENTS"), int32(number("POSTGRES_CONNECTIONS", 32)))
	if err != nil {
		log.Fatal(err)
	}
	limiter, err := newLimiter(setting("REDIS_SOCKET"), setting("LIMITS_SCRIPT"), number("REDIS_CONNECTIONS", 16))
	if err != nil {
		log.Fatal(err)
	}
	hooks := &hooks{
		store:        store,
		limiter:      limiter,
		tokens:       newVerifier(setting("HMAC_SECRET"), setting("KEY_ID"), setting("ISSUER"), setting("AUDIENCE")),
		seen:         newSeen(ctx, store),
		isGuaranteed: setting("DELIVERY") == "guaranteed",
	}

	mux := http.NewServeMux()
	secret := newSecret(setting("SECRET"))
	for name, hook := range map[string]hook{
		"connect": hooks.connect, "refresh": hooks.refresh, "subscribe": hooks.subscribe,
		"sub_refresh": hooks.subRefresh, "publish": hooks.publish, "rpc": hooks.rpc,
	} {
		mux.Handle("/centrifugo/"+name, handler(secret, hook, strings.HasSuffix(name, "refresh")))
	}
	mux.HandleFunc("/readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := store.pool.Ping(r.Context()); err != nil {
			http.Error(w, "not ready", http.StatusServiceUnavailable)
		}
	})

	server := &http.Server{Addr: setting("LISTEN"), Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	go func() {
		<-ctx.Done()
		timeout, cancel := context.WithTimeout(context.Background(), 5*time.Second)
		defer cancel()
		_ = server.Shutdown(timeout)
	}()
	if err := server.ListenAndServe(); err != http.ErrServerClosed {
		log.Fatal(err)
	}
}
