package incident

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"time"

	"huiying/org"
)

// Entry is one line of a case's log: who did what, when, from where, and what it
// changed. The log is append-only and each entry holds the hash of the one before.
type Entry struct {
	Incident ID        `json:"incident"`
	Seq      int       `json:"seq"` // from 1, without gaps
	At       time.Time `json:"at"`
	Actor    ActorRef  `json:"actor"`
	// Key makes the command idempotent; empty when none was given.
	Key     string          `json:"key,omitempty"`
	Command Kind            `json:"command"`
	Payload json.RawMessage `json:"payload,omitempty"`
	// Text is the sentence that the incident's page shows.
	Text   string  `json:"text"`
	Before Summary `json:"before,omitzero"`
	After  Summary `json:"after,omitzero"`
	Prev   []byte  `json:"prev,omitempty"`
	Hash   []byte  `json:"hash,omitempty"`
}

// ActorRef is the actor as the log keeps him: with the post he acted in.
type ActorRef struct {
	Person org.PersonID `json:"person"`
	Name   string       `json:"name"`
	Unit   org.UnitID   `json:"unit,omitempty"`
	Post   org.Post     `json:"post,omitempty"`
	Via    string       `json:"via"`
}

// Summary is what an entry changed, in short.
type Summary struct {
	State State      `json:"state,omitempty"`
	Level Level      `json:"level,omitempty"`
	Lead  org.UnitID `json:"lead,omitempty"`
}

// Summarize takes the summary of a case.
func (c Case) Summarize() Summary { return Summary{State: c.State, Level: c.Level(), Lead: c.Lead} }

// Chain returns the hash of an entry that follows prev: SHA-256 over the previous
// hash and each field with its length, so that no two entries share an encoding.
func Chain(prev []byte, e Entry) []byte {
	before, after := e.Before, e.After
	h := make([]byte, 0, 512+len(e.Payload))
	put := func(b []byte) {
		h = binary.BigEndian.AppendUint32(h, uint32(len(b))) //nolint:gosec // an entry is far below 4 GiB
		h = append(h, b...)
	}
	put(prev)
	h = binary.BigEndian.AppendUint64(h, uint64(e.Incident)) //nolint:gosec // ids are positive
	h = binary.BigEndian.AppendUint64(h, uint64(e.Seq))      //nolint:gosec // sequence numbers are positive
	h = binary.BigEndian.AppendUint64(h, uint64(e.At.UnixMilli()))
	for _, s := range []string{
		string(e.Actor.Person), e.Actor.Name, string(e.Actor.Unit), string(e.Actor.Post), e.Actor.Via,
		e.Key, string(e.Command), string(e.Payload), e.Text,
		string(before.State), string(before.Level), string(before.Lead),
		string(after.State), string(after.Level), string(after.Lead),
	} {
		put([]byte(s))
	}
	sum := sha256.Sum256(h)
	return sum[:]
}
