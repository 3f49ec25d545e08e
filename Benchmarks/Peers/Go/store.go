package main

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/jackc/pgconn"
	"github.com/jackc/pgx/v4"
	"github.com/jackc/pgx/v4/pgxpool"
)

// The pool, and the statements by name: each connection prepares them when it is made.
type store struct {
	pool *pgxpool.Pool
}

var statements = []string{"publish", "resent", "membership", "standing", "sub_refresh", "history_before",
	"history_after", "rooms", "saw"}

// Where PostgreSQL is, PGHOST, PGUSER and PGDATABASE say.
func newStore(ctx context.Context, directory string, connections int32) (*store, error) {
	config, err := pgxpool.ParseConfig("")
	if err != nil {
		return nil, err
	}
	texts := map[string]string{}
	for _, name := range statements {
		text, err := os.ReadFile(filepath.Join(directory, name+".sql"))
		if err != nil {
			return nil, err
		}
		texts[name] = string(text)
	}
	config.MaxConns = connections
	config.MinConns = connections
	// Everything is found by key. With hash joins or whole tables read, a plan made while a table was small stays.
	for name, value := range map[string]string{
		"plan_cache_mode": "force_generic_plan", "jit": "off", "enable_seqscan": "off", "enable_hashjoin": "off",
		"enable_mergejoin": "off",
	} {
		config.ConnConfig.RuntimeParams[name] = value
	}
	config.AfterConnect = func(ctx context.Context, connection *pgx.Conn) error {
		for _, name := range statements {
			if _, err := connection.Prepare(ctx, name, texts[name]); err != nil {
				return err
			}
		}
		return nil
	}
	pool, err := pgxpool.ConnectConfig(ctx, config)
	return &store{pool}, err
}

// What the database says of a person in a match.
type facts struct {
	state, role                           *string
	hasLeft, isMuted, isRemoved, isBanned *bool
}

func is(fact *bool) bool { return fact != nil && *fact }

// Why the facts do not allow what members of an open match may do; nil where they do.
func (f *facts) refusal(mutedMay, closedMay bool) *code {
	switch {
	case f.state == nil || f.role == nil || is(f.isBanned) || is(f.isRemoved) || is(f.hasLeft) ||
		(*f.role != "driver" && *f.role != "rider"):
		return &denied
	case *f.state != "open" && !closedMay:
		return &matchClosed
	case is(f.isMuted) && !mutedMay:
		return &muted
	}
	return nil
}

type message struct {
	match, sender, id, kind string
	text                    *string
	lat, lon                *float64
}

// Stores a message: what everybody gets and the key it is broadcast under, or the code it is refused with.
func (s *store) publish(ctx context.Context, m *message, key string, isGuaranteed bool) (string, string, *code) {
	var f facts
	var stored *string
	err := s.pool.QueryRow(ctx, "publish", m.match, m.id, m.sender, m.kind, m.text, m.lat, m.lon, key, isGuaranteed).
		Scan(&f.state, &f.role, &f.hasLeft, &f.isMuted, &f.isRemoved, &f.isBanned, &stored)
	var refused *pgconn.PgError
	switch {
	case err == nil && stored != nil:
		return *stored, key, nil
	case err == nil:
		if refusal := f.refusal(false, false); refusal != nil {
			return "", "", refusal
		}
		return "", "", &unavailable
	case errors.Is(err, pgx.ErrNoRows):
		return "", "", &denied
	case errors.As(err, &refused) && refused.Code == "23505":
		return s.resent(ctx, m)
	}
	return "", "", &unavailable
}

func (s *store) resent(ctx context.Context, m *message) (string, string, *code) {
	var fate, stored, key string
	err := s.pool.QueryRow(ctx, "resent", m.match, m.id, m.sender, m.kind, m.text, m.lat, m.lon).Scan(&fate, &stored, &key)
	switch {
	case err != nil:
		return "", "", &unavailable
	case fate == "conflict":
		return "", "", &conflict
	case fate == "old":
		return "", "", &alreadyStored
	}
	return stored, key, nil
}

func (s *store) membership(ctx context.Context, match, user string) (f facts, lastSeq, readSeq int64, refusal *code) {
	err := s.pool.QueryRow(ctx, "membership", match, user).
		Scan(&f.state, &f.role, &f.hasLeft, &f.isMuted, &f.isRemoved, &f.isBanned, &lastSeq, &readSeq)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		refusal = &unavailable
	}
	return
}

func (s *store) standing(ctx context.Context, user string, tokenID *string, issuedAt *int64) (isBanned, isRevoked bool, refusal *code) {
	if err := s.pool.QueryRow(ctx, "standing", user, tokenID, issuedAt).Scan(&isBanned, &isRevoked); err != nil {
		refusal = &unavailable
	}
	return
}

func (s *store) subRefresh(ctx context.Context, match, user string, meta *connectionMeta) (f facts, isRevoked bool, refusal *code) {
	err := s.pool.QueryRow(ctx, "sub_refresh", match, user, meta.ID, meta.IssuedAt).
		Scan(&f.state, &f.role, &f.hasLeft, &f.isMuted, &f.isRemoved, &f.isBanned, &isRevoked)
	if err != nil && !errors.Is(err, pgx.ErrNoRows) {
		refusal = &unavailable
	}
	return
}

// A message as everybody gets it.
type shown struct {
	ID        string   `json:"id"`
	Seq       int64    `json:"seq"`
	Match     string   `json:"match"`
	Sender    *string  `json:"sender"`
	Kind      string   `json:"kind"`
	Text      *string  `json:"text,omitempty"`
	Lat       *float64 `json:"lat,omitempty"`
	Lon       *float64 `json:"lon,omitempty"`
	SentAt    string   `json:"sent_at"`
	EditedAt  string   `json:"edited_at,omitempty"`
	DeletedAt string   `json:"deleted_at,omitempty"`
	IsBlocked bool     `json:"blocked,omitempty"`
}

type page struct {
	Messages []shown           `json:"messages"`
	HasMore  bool              `json:"has_more"`
	Names    map[string]string `json:"names"`
}

const utc = "2006-01-02T15:04:05.000Z"

func (s *store) history(ctx context.Context, match, user string, after, before *int64, limit int64) (*page, *code) {
	var rows pgx.Rows
	var err error
	if after != nil {
		rows, err = s.pool.Query(ctx, "history_after", match, user, after, limit+1, before)
	} else {
		rows, err = s.pool.Query(ctx, "history_before", match, user, before, limit+1)
	}
	if err != nil {
		return nil, &unavailable
	}
	defer rows.Close()
	var f facts
	page := &page{Messages: make([]shown, 0, 16), Names: map[string]string{}}
	for rows.Next() {
		var id *[16]byte
		var seq *int64
		var kind, name *string
		var sentAt, editedAt, deletedAt *time.Time
		m := shown{Match: match}
		err := rows.Scan(&f.state, &f.role, &f.hasLeft, &f.isRemoved, &f.isBanned, &id, &seq, &m.Sender, &kind, &m.Text,
			&m.Lat, &m.Lon, &sentAt, &editedAt, &deletedAt, &name, &m.IsBlocked)
		if err != nil {
			return nil, &unavailable
		}
		if id == nil {
			break
		}
		m.ID, m.Seq, m.Kind, m.SentAt = spelledID(id), *seq, *kind, sentAt.UTC().Format(utc)
		if deletedAt != nil {
			m.DeletedAt = deletedAt.UTC().Format(utc)
		} else if editedAt != nil {
			m.EditedAt = editedAt.UTC().Format(utc)
		}
		if int64(len(page.Messages)) == limit {
			page.HasMore = true
			break
		}
		if name != nil && m.Sender != nil {
			page.Names[*m.Sender] = *name
		}
		page.Messages = append(page.Messages, m)
	}
	rows.Close()
	if rows.Err() != nil {
		return nil, &unavailable
	}
	if refusal := f.refusal(true, true); refusal != nil {
		return nil, refusal
	}
	if after == nil {
		for i, j := 0, len(page.Messages)-1; i < j; i, j = i+1, j-1 {
			page.Messages[i], page.Messages[j] = page.Messages[j], page.Messages[i]
		}
	}
	return page, nil
}

func (s *store) rooms(ctx context.Context, user string) (rooms, blocked string, hasMore bool, refusal *code) {
	var isBanned bool
	if err := s.pool.QueryRow(ctx, "rooms", user).Scan(&isBanned, &rooms, &hasMore, &blocked); err != nil {
		return "", "", false, &unavailable
	}
	if isBanned {
		return "", "", false, &denied
	}
	return
}

// Who was here, noted a few times a second beside the answers.
type seen struct {
	mutex   sync.Mutex
	waiting map[string]struct{}
}

func newSeen(ctx context.Context, store *store) *seen {
	s := &seen{waiting: map[string]struct{}{}}
	go func() {
		ticker := time.NewTicker(200 * time.Millisecond)
		defer ticker.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-ticker.C:
				if users := s.take(); len(users) > 0 {
					_, _ = store.pool.Exec(ctx, "saw", users)
				}
			}
		}
	}()
	return s
}

func (s *seen) saw(user string) {
	s.mutex.Lock()
	if len(s.waiting) < 10_000 {
		s.waiting[user] = struct{}{}
	}
	s.mutex.Unlock()
}

func (s *seen) take() []string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	users := make([]string, 0, len(s.waiting))
	for user := range s.waiting {
		users = append(users, user)
		delete(s.waiting, user)
		if len(users) == 1000 {
			break
		}
	}
	return users
}
