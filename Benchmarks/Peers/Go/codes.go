package main

import "encoding/json"

// A refusal: docs/codes.md has all of them.
type code struct {
	number      int
	text        string
	isTemporary bool
}

var (
	badRequest      = code{400, "bad request", false}
	denied          = code{403, "permission denied", false}
	unknownMethod   = code{404, "unknown method", false}
	conflict        = code{409, "id was used for another message", false}
	unknownField    = code{422, "unknown field", false}
	tooManyRequests = code{429, "too many requests", true}
	muted           = code{450, "muted in this match", false}
	matchClosed     = code{451, "match is closed", false}
	alreadyStored   = code{452, "already stored", false}
	unavailable     = code{503, "service unavailable", true}
	badID           = code{1001, "id: want a UUID", false}
	badKind         = code{1002, "kind: want text or location", false}
	badText         = code{1003, "text: missing or not allowed", false}
	textTooLong     = code{1004, "text: too long", false}
	badLatitude     = code{1005, "lat: want -90 to 90", false}
	badLongitude    = code{1006, "lon: want -180 to 180", false}
	badMatch        = code{1011, "match: want a match id", false}
	badBefore       = code{1012, "before: malformed", false}
	badAfter        = code{1013, "after: want a number from 0", false}
	badLimit        = code{1014, "limit: out of range", false}

	tokenExpired = code{4001, "token expired", false}
	tokenInvalid = code{4501, "token invalid", false}
	tokenMissing = code{4502, "token missing", false}
	banned       = code{4503, "banned", false}
)

var expired = []byte(`{"result":{"expired":true}}`)

func (c code) reply() []byte {
	var reply any
	if c.number < 4000 {
		type body struct {
			Code      int    `json:"code"`
			Message   string `json:"message"`
			Temporary bool   `json:"temporary,omitempty"`
		}
		reply = struct {
			Error body `json:"error"`
		}{body{c.number, c.text, c.isTemporary}}
	} else {
		type body struct {
			Code   int    `json:"code"`
			Reason string `json:"reason"`
		}
		reply = struct {
			Disconnect body `json:"disconnect"`
		}{body{c.number, c.text}}
	}
	text, _ := json.Marshal(reply)
	return text
}
