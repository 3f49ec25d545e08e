package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"math"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

const (
	connectionSeconds   = 300
	subscriptionSeconds = 120
	longestText         = 2000
)

type hooks struct {
	store        *store
	limiter      *limiter
	tokens       *verifier
	seen         *seen
	isGuaranteed bool
}

func in(seconds int64) int64 { return time.Now().Unix() + seconds }

// The match of a room's channel.
func room(channel string) (string, bool) {
	match := strings.TrimPrefix(channel, "match:")
	return match, len(match) < len(channel) && isID(match)
}

func (h *hooks) connect(ctx context.Context, r *request) []byte {
	var data struct {
		Token *string `json:"token"`
	}
	if r.Data != nil && json.Unmarshal(r.Data, &data) != nil {
		return badRequest.reply()
	}
	if data.Token == nil || *data.Token == "" {
		return tokenMissing.reply()
	}
	claims, refusal := h.tokens.verify(*data.Token, time.Now())
	if refusal != nil {
		return refusal.reply()
	}
	user := claims.Subject
	if refusal := h.limiter.countOf(ctx, user, "connect_user"); refusal != nil {
		return refusal.reply()
	}
	meta := claims.meta()
	isBanned, isRevoked, refusal := h.store.standing(ctx, user, meta.ID, meta.IssuedAt)
	switch {
	case refusal != nil:
		return refusal.reply()
	case isBanned:
		return banned.reply()
	case isRevoked:
		return tokenInvalid.reply()
	}
	h.seen.saw(user)
	type result struct {
		User     string              `json:"user"`
		ExpireAt int64               `json:"expire_at"`
		Info     json.RawMessage     `json:"info"`
		Meta     connectionMeta      `json:"meta"`
		Subs     map[string]struct{} `json:"subs"`
	}
	text, err := json.Marshal(struct {
		Result result `json:"result"`
	}{result{user, in(connectionSeconds), claims.info(), meta, map[string]struct{}{"user:" + user: {}}}})
	if err != nil {
		return unavailable.reply()
	}
	return text
}

func (h *hooks) refresh(ctx context.Context, r *request) []byte {
	if !isID(r.User) || r.Meta == nil || r.Meta.Version != 1 {
		return expired
	}
	isBanned, isRevoked, refusal := h.store.standing(ctx, r.User, r.Meta.ID, r.Meta.IssuedAt)
	if refusal != nil || isBanned || isRevoked {
		return expired
	}
	h.seen.saw(r.User)
	return goesOn(in(connectionSeconds))
}

func goesOn(expireAt int64) []byte {
	return append(strconv.AppendInt([]byte(`{"result":{"expire_at":`), expireAt, 10), '}', '}')
}

func (h *hooks) subscribe(ctx context.Context, r *request) []byte {
	match, isRoom := room(r.Channel)
	if !isID(r.User) || !isRoom {
		return denied.reply()
	}
	if refusal := h.limiter.countOf(ctx, r.User, "subscribe_user"); refusal != nil {
		return refusal.reply()
	}
	facts, lastSeq, readSeq, refusal := h.store.membership(ctx, match, r.User)
	if refusal == nil {
		refusal = facts.refusal(true, false)
	}
	if refusal != nil {
		return refusal.reply()
	}
	h.seen.saw(r.User)
	type info struct {
		Role string `json:"role"`
	}
	type data struct {
		Match   string `json:"match"`
		Role    string `json:"role"`
		LastSeq int64  `json:"last_seq"`
		ReadSeq int64  `json:"read_seq"`
	}
	type result struct {
		ExpireAt int64 `json:"expire_at"`
		Info     info  `json:"info"`
		Data     data  `json:"data"`
	}
	text, _ := json.Marshal(struct {
		Result result `json:"result"`
	}{result{in(subscriptionSeconds), info{*facts.role}, data{match, *facts.role, lastSeq, readSeq}}})
	return text
}

func (h *hooks) subRefresh(ctx context.Context, r *request) []byte {
	match, isRoom := room(r.Channel)
	if !isID(r.User) || !isRoom {
		return expired
	}
	var facts facts
	var isRevoked bool
	var refusal *code
	if r.Meta == nil {
		facts, _, _, refusal = h.store.membership(ctx, match, r.User)
	} else if r.Meta.Version == 1 {
		facts, isRevoked, refusal = h.store.subRefresh(ctx, match, r.User, r.Meta)
	} else {
		return expired
	}
	if refusal != nil || isRevoked || facts.refusal(true, false) != nil {
		return expired
	}
	h.seen.saw(r.User)
	return goesOn(in(subscriptionSeconds))
}

func (h *hooks) publish(ctx context.Context, r *request) []byte {
	match, isRoom := room(r.Channel)
	if !isID(r.User) || !isRoom {
		return denied.reply()
	}
	m, refusal := readMessage(r.Data)
	if refusal != nil {
		return refusal.reply()
	}
	m.match, m.sender = match, r.User
	if refusal := h.limiter.countPublish(ctx, r.User, match); refusal != nil {
		return refusal.reply()
	}
	stored, key, refusal := h.store.publish(ctx, m, randomID(), h.isGuaranteed)
	if refusal != nil {
		return refusal.reply()
	}
	reply := make([]byte, 0, len(stored)+96)
	reply = append(reply, `{"result":{"data":`...)
	reply = append(reply, stored...)
	reply = append(reply, `,"idempotency_key":"`...)
	reply = append(reply, key...)
	return append(reply, `"}}`...)
}

func randomID() string {
	var b [16]byte
	_, _ = rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	return spelledID(&b)
}

func spelledID(b *[16]byte) string {
	var text [36]byte
	hex.Encode(text[:], b[:4])
	text[8] = '-'
	hex.Encode(text[9:], b[4:6])
	text[13] = '-'
	hex.Encode(text[14:], b[6:8])
	text[18] = '-'
	hex.Encode(text[19:], b[8:10])
	text[23] = '-'
	hex.Encode(text[24:], b[10:])
	return string(text[:])
}

// Strict: a key of no meaning is refused.
func decode(data json.RawMessage, into any, codes map[string]*code) *code {
	if len(data) == 0 || data[0] != '{' {
		return &badRequest
	}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(into)
	var wrongType *json.UnmarshalTypeError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &wrongType) && codes[wrongType.Field] != nil:
		return codes[wrongType.Field]
	case strings.HasPrefix(err.Error(), "json: unknown field"):
		return &unknownField
	}
	return &badRequest
}

var messageCodes = map[string]*code{
	"id": &badID, "kind": &badKind, "text": &badText, "lat": &badLatitude, "lon": &badLongitude,
}

func readMessage(data json.RawMessage) (*message, *code) {
	var given struct {
		ID   string   `json:"id"`
		Kind string   `json:"kind"`
		Text *string  `json:"text"`
		Lat  *float64 `json:"lat"`
		Lon  *float64 `json:"lon"`
	}
	if refusal := decode(data, &given, messageCodes); refusal != nil {
		return nil, refusal
	}
	if !isUUID(given.ID) {
		return nil, &badID
	}
	m := &message{id: given.ID, kind: given.Kind}
	switch given.Kind {
	case "text":
		if given.Lat != nil || given.Lon != nil {
			return nil, &unknownField
		}
		if refusal := checkText(given.Text); refusal != nil {
			return nil, refusal
		}
		m.text = given.Text
	case "location":
		if given.Text != nil {
			return nil, &unknownField
		}
		if given.Lat == nil || math.Abs(*given.Lat) > 90 {
			return nil, &badLatitude
		}
		if given.Lon == nil || math.Abs(*given.Lon) > 180 {
			return nil, &badLongitude
		}
		m.lat, m.lon = given.Lat, given.Lon
	default:
		return nil, &badKind
	}
	return m, nil
}

func checkText(text *string) *code {
	if text == nil {
		return &badText
	}
	isBlank := true
	for _, r := range *text {
		if unicode.IsControl(r) && r != '\t' && r != '\n' {
			return &badText
		}
		isBlank = isBlank && unicode.IsSpace(r)
	}
	if isBlank {
		return &badText
	}
	if utf8.RuneCountInString(*text) > longestText {
		return &textTooLong
	}
	return nil
}

func isUUID(text string) bool {
	if len(text) != 36 {
		return false
	}
	for i := 0; i < len(text); i++ {
		b := text[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if b != '-' {
				return false
			}
		} else if !(b >= '0' && b <= '9' || b >= 'a' && b <= 'f' || b >= 'A' && b <= 'F') {
			return false
		}
	}
	return true
}

func (h *hooks) rpc(ctx context.Context, r *request) []byte {
	if !isID(r.User) {
		return denied.reply()
	}
	var method func(context.Context, *request) []byte
	switch r.Method {
	case "chat:history":
		method = h.history
	case "chat:rooms":
		method = h.rooms
	default:
		return unknownMethod.reply()
	}
	if refusal := h.limiter.countOf(ctx, r.User, "rpc_user"); refusal != nil {
		return refusal.reply()
	}
	return method(ctx, r)
}

var pageCodes = map[string]*code{"match": &badMatch, "before": &badBefore, "after": &badAfter, "limit": &badLimit}

func (h *hooks) history(ctx context.Context, r *request) []byte {
	var asked struct {
		Match  string `json:"match"`
		Before *int64 `json:"before"`
		After  *int64 `json:"after"`
		Limit  *int64 `json:"limit"`
	}
	if refusal := decode(r.Data, &asked, pageCodes); refusal != nil {
		return refusal.reply()
	}
	limit := int64(50)
	if asked.Limit != nil {
		limit = *asked.Limit
	}
	switch {
	case !isID(asked.Match):
		return badMatch.reply()
	case limit < 1 || limit > 100:
		return badLimit.reply()
	case asked.After != nil && *asked.After < 0:
		return badAfter.reply()
	case asked.Before != nil && *asked.Before < 1:
		return badBefore.reply()
	}
	found, refusal := h.store.history(ctx, asked.Match, r.User, asked.After, asked.Before, limit)
	if refusal != nil {
		return refusal.reply()
	}
	type result struct {
		Data *page `json:"data"`
	}
	text, err := json.Marshal(struct {
		Result result `json:"result"`
	}{result{found}})
	if err != nil {
		return unavailable.reply()
	}
	return text
}

func (h *hooks) rooms(ctx context.Context, r *request) []byte {
	if r.Data != nil {
		var nothing struct{}
		if refusal := decode(r.Data, &nothing, nil); refusal != nil {
			return refusal.reply()
		}
	}
	rooms, blocked, hasMore, refusal := h.store.rooms(ctx, r.User)
	if refusal != nil {
		return refusal.reply()
	}
	reply := make([]byte, 0, len(rooms)+len(blocked)+64)
	reply = append(reply, `{"result":{"data":{"rooms":`...)
	reply = append(reply, rooms...)
	reply = append(reply, `,"blocked":`...)
	reply = append(reply, blocked...)
	reply = append(reply, `,"has_more":`...)
	reply = strconv.AppendBool(reply, hasMore)
	return append(reply, `}}}`...)
}
