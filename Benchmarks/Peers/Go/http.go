package main

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"io"
	"net/http"
	"strconv"
	"time"
)

const (
	longestBody = 64 << 10
	answerTime  = 800 * time.Millisecond // below the second that Centrifugo waits
)

// What Centrifugo asks. Keys that no hook uses are passed over: versions add some.
type request struct {
	Client   string          `json:"client"`
	Encoding string          `json:"encoding"`
	User     string          `json:"user"`
	Channel  string          `json:"channel"`
	Method   string          `json:"method"`
	Data     json.RawMessage `json:"data"`
	Meta     *connectionMeta `json:"meta"`
}

type hook func(ctx context.Context, r *request) []byte

type secret [sha256.Size]byte

func newSecret(text string) secret { return sha256.Sum256([]byte(text)) }

// The digests are compared, so that time tells neither length nor prefix.
func (s secret) matches(presented string) bool {
	digest := sha256.Sum256([]byte(presented))
	return subtle.ConstantTimeCompare(s[:], digest[:]) == 1
}

var jsonType = []string{"application/json"}

func handler(secret secret, answer hook, isRefresh bool) http.Handler {
	// A refresh is only refused by an end: Centrifugo passes over an error.
	refusal := badRequest.reply()
	if isRefresh {
		refusal = expired
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			w.WriteHeader(http.StatusMethodNotAllowed)
			return
		}
		if !secret.matches(r.Header.Get("X-ProxyHooks-Secret")) {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		reply := refusal
		body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, longestBody))
		if err == nil {
			var request request
			if json.Unmarshal(body, &request) == nil && (request.Encoding == "" || request.Encoding == "json") {
				ctx, cancel := context.WithTimeout(r.Context(), answerTime)
				reply = answer(ctx, &request)
				cancel()
			}
		}
		header := w.Header()
		header["Content-Type"] = jsonType
		header["Content-Length"] = []string{strconv.Itoa(len(reply))}
		_, _ = w.Write(reply)
	})
}
