package main

import (
	"context"
	"os"
	"strconv"
	"time"

	"github.com/gomodule/redigo/redis"
)

// What one event costs and a burst, in microseconds: the benchmark's 1000000/24h, which counts and is never reached.
const (
	eventCost = 86_400
	burstCost = eventCost * 1_000_000
)

var (
	oneLimit  = limitArguments(1)
	twoLimits = limitArguments(2)
)

func limitArguments(count int) []any {
	var arguments []any
	for i := 0; i < count; i++ {
		arguments = append(arguments, strconv.Itoa(eventCost), strconv.Itoa(burstCost))
	}
	return arguments
}

type limiter struct {
	pool     *redis.Pool
	one, two *redis.Script
}

func newLimiter(socket, path string, connections int) (*limiter, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := &redis.Pool{
		MaxIdle: connections, MaxActive: connections, Wait: true,
		DialContext: func(ctx context.Context) (redis.Conn, error) {
			return redis.DialContext(ctx, "unix", socket,
				redis.DialReadTimeout(answerTime), redis.DialWriteTimeout(answerTime), redis.DialConnectTimeout(time.Second))
		},
	}
	return &limiter{pool: pool, one: redis.NewScript(1, string(text)), two: redis.NewScript(2, string(text))}, nil
}

// Whether the event may happen; the code to refuse it with otherwise.
func (l *limiter) count(ctx context.Context, script *redis.Script, arguments ...any) *code {
	connection, err := l.pool.GetContext(ctx)
	if err != nil {
		return &unavailable
	}
	defer connection.Close()
	verdict, err := redis.Ints(script.Do(connection, arguments...))
	if err != nil || len(verdict) < 2 {
		return &unavailable
	}
	if verdict[0] != 0 {
		return &tooManyRequests
	}
	return nil
}

func (l *limiter) countOf(ctx context.Context, user, limit string) *code {
	return l.count(ctx, l.one, "ph:{"+user+"}:"+limit+":", oneLimit[0], oneLimit[1])
}

func (l *limiter) countPublish(ctx context.Context, user, match string) *code {
	return l.count(ctx, l.two, "ph:{"+user+"}:publish_user:", "ph:{"+user+"}:publish_room:"+match,
		twoLimits[0], twoLimits[1], twoLimits[2], twoLimits[3])
}
