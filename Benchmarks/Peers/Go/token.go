package main

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"hash"
	"math"
	"strings"
	"sync"
	"time"
)

const (
	leeway       = 10 // seconds
	longestToken = 8192
	longestInfo  = 4096
)

type verifier struct {
	keyID, issuer, audience string
	// Keyed hashes, to be reset and used again: setting one up hashes two blocks.
	hashes sync.Pool
}

func newVerifier(secret, keyID, issuer, audience string) *verifier {
	key := []byte(secret)
	return &verifier{keyID: keyID, issuer: issuer, audience: audience, hashes: sync.Pool{
		New: func() any { return hmac.New(sha256.New, key) },
	}}
}

type tokenHeader struct {
	Algorithm   string          `json:"alg"`
	KeyID       string          `json:"kid"`
	ContentType string          `json:"cty"`
	Critical    json.RawMessage `json:"crit"`
	Unencoded   json.RawMessage `json:"b64"`
}

type claims struct {
	Subject   string          `json:"sub"`
	Issuer    string          `json:"iss"`
	Audience  audience        `json:"aud"`
	ExpiresAt *float64        `json:"exp"`
	NotBefore *float64        `json:"nbf"`
	IssuedAt  *float64        `json:"iat"`
	ID        *string         `json:"jti"`
	Info      json.RawMessage `json:"info"`
	Channel   json.RawMessage `json:"channel"`
}

// One name, or a list of them.
type audience []string

func (a *audience) UnmarshalJSON(text []byte) error {
	if len(text) > 0 && text[0] == '"' {
		*a = make([]string, 1)
		return json.Unmarshal(text, &(*a)[0])
	}
	return json.Unmarshal(text, (*[]string)(a))
}

func (a audience) has(name string) bool {
	for _, stated := range a {
		if stated == name {
			return true
		}
	}
	return false
}

var spelling = base64.RawURLEncoding.Strict()

// What a token says, or the code to refuse it with.
func (v *verifier) verify(token string, now time.Time) (*claims, *code) {
	parts := strings.Split(token, ".")
	if len(token) > longestToken || len(parts) != 3 {
		return nil, &tokenInvalid
	}
	text, err := spelling.DecodeString(parts[0])
	var header tokenHeader
	if err != nil || json.Unmarshal(text, &header) != nil || header.Algorithm != "HS256" || header.KeyID != v.keyID ||
		header.Critical != nil || header.Unencoded != nil || strings.HasSuffix(strings.ToLower(header.ContentType), "jwt") {
		return nil, &tokenInvalid
	}
	signature, err := spelling.DecodeString(parts[2])
	if err != nil || !v.isSigned(token[:len(parts[0])+1+len(parts[1])], signature) {
		return nil, &tokenInvalid
	}
	text, err = spelling.DecodeString(parts[1])
	var c claims
	if err != nil || json.Unmarshal(text, &c) != nil {
		return nil, &tokenInvalid
	}
	if c.Channel != nil || c.Issuer != v.issuer || !c.Audience.has(v.audience) || !isID(c.Subject) ||
		c.ExpiresAt == nil || (c.ID != nil && !isTokenID(*c.ID)) {
		return nil, &tokenInvalid
	}
	if c.Info != nil && (c.Info[0] != '{' || len(c.Info) > longestInfo) {
		return nil, &tokenInvalid
	}
	seconds := float64(now.Unix())
	for _, start := range []*float64{c.NotBefore, c.IssuedAt} {
		if start != nil && (*start < 0 || *start > seconds+leeway) {
			return nil, &tokenInvalid
		}
	}
	if *c.ExpiresAt < 0 || *c.ExpiresAt >= 1<<53 {
		return nil, &tokenInvalid
	}
	// Last: only of a token that is good otherwise is a new one all that its bearer needs.
	if seconds-leeway >= math.Floor(*c.ExpiresAt) {
		return nil, &tokenExpired
	}
	return &c, nil
}

func (v *verifier) isSigned(message string, signature []byte) bool {
	h := v.hashes.Get().(hash.Hash)
	defer v.hashes.Put(h)
	h.Reset()
	h.Write([]byte(message))
	var sum [sha256.Size]byte
	return hmac.Equal(h.Sum(sum[:0]), signature)
}

func isTokenID(text string) bool {
	return len(text) >= 1 && len(text) <= 128 && strings.IndexFunc(text, func(r rune) bool { return r < ' ' || r > '~' }) < 0
}

// The grammar of ids: 1 to 64 of A–Z a–z 0–9 . _ @ -
func isID(text string) bool {
	if len(text) < 1 || len(text) > 64 {
		return false
	}
	for i := 0; i < len(text); i++ {
		b := text[i]
		if !(b >= 'a' && b <= 'z' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b == '.' || b == '_' || b == '@' || b == '-') {
			return false
		}
	}
	return true
}

// Which token a connection came with: connect's reply has it, refresh and sub_refresh get it back.
type connectionMeta struct {
	Version  int     `json:"proxyhooks"`
	ID       *string `json:"jti,omitempty"`
	IssuedAt *int64  `json:"iat,omitempty"`
}

func (c *claims) meta() connectionMeta {
	meta := connectionMeta{Version: 1, ID: c.ID}
	if c.IssuedAt != nil {
		at := int64(math.Ceil(*c.IssuedAt))
		meta.IssuedAt = &at
	}
	return meta
}

func (c *claims) info() json.RawMessage {
	if c.Info == nil {
		return json.RawMessage("{}")
	}
	return bytes.TrimSpace(c.Info)
}
