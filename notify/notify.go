package notify

import (
	"context"
	"errors"
	"time"

	"huiying/incident"
	"huiying/org"
)

// NoticeID numbers a waiting notice in the outbox.
type NoticeID int64

// EnvelopeID numbers one thing handed to a channel: a bundle's body for one person.
type EnvelopeID int64

// Waiting is a notice that waits, with what is known of its incident now.
type Waiting struct {
	ID     NoticeID
	Notice incident.Notice
	Brief  incident.Brief
	// Failed are the channels that this notice failed on before.
	Failed []string
}

// Parcel is everything that waits for one person, most urgent first, or an envelope
// of an earlier attempt that must be tried again with the same bytes.
type Parcel struct {
	Person  org.PersonID
	Notices []Waiting
	// Again is the envelope whose outcome is unknown or that is to be retried; nil
	// for notices that have not been rendered yet.
	Again *Envelope
}

// Envelope is a rendered message as it was or will be sent: written down before the
// first attempt, so that a retry sends the same bytes.
type Envelope struct {
	ID      EnvelopeID
	Person  org.PersonID
	Channel string
	To      string // the channel's address of the person
	// Key is unique for ever and part of the message where the platform takes one (task_id).
	Key       string
	Body      []byte
	Notices   []NoticeID
	Tries     int
	Urgency   incident.Urgency
	CreatedAt time.Time
}

// Outcome is what a channel answers: sent, to be retried, or never on this channel.
type Outcome struct {
	Status Status
	Reason Reason
	// After is how long to wait before the next attempt, for Retry.
	After time.Duration
	// Detail is the platform's own code and text, without secrets, for the receipt.
	Detail string
	// Receipt is what the platform gave to identify the message (msgid), and Code what
	// it gave to change it later (response_code); both may be empty.
	Receipt string
	Code    string
}

// Status is the kind of an outcome.
type Status string

// The statuses.
const (
	Sent      Status = "sent"
	Retry     Status = "retry"     // not received, or not known: the same bytes again
	Permanent Status = "permanent" // never on this channel: the next channel
	// Superseded: what it was about was met or void before it could be tried again.
	Superseded Status = "superseded"
)

// Reason says why, for metrics, the log and the page.
type Reason string

// The reasons.
const (
	ReasonOK         Reason = "ok"
	ReasonUnknown    Reason = "unknown"      // time-out, cut connection, HTTP fault: may have arrived
	ReasonBusy       Reason = "busy"         // the platform says: later
	ReasonQuota      Reason = "quota"        // too many
	ReasonRecipient  Reason = "recipient"    // this person cannot be reached here
	ReasonContent    Reason = "content"      // the message is not acceptable
	ReasonConfig     Reason = "config"       // secret, right, address of the server: an administrator must act
	ReasonNoChannel  Reason = "no_channel"   // the person has no address that we can use
	ReasonSuperseded Reason = "superseded"   // met or void before it went out
	ReasonNoFiles    Reason = "no_files"     // the channel carries no files; the words and the link went out
	ReasonGaveUp     Reason = "gave_up"      // retried for longer than the message is worth
	ReasonDuplicate  Reason = "duplicate"    // the platform had it already
	ReasonUnrendered Reason = "unrenderable" // our template failed: an administrator must act
)

// Quota is how many messages a channel lets one receiver, or one sender, have. What
// is over may be dropped by the platform in silence, so the Courier never goes over.
type Quota struct {
	PerMinute int // for one receiver; 0 means no limit
	PerHour   int // for one receiver; 0 means no limit
	// AllPerMinute is the limit of the whole channel, such as a group robot's 20.
	AllPerMinute int
}

// Message is one rendered message for one person, not yet in a platform's form.
type Message struct {
	Key   string
	To    string
	Title string
	// Text is the whole message as plain text; Markdown the same with the common subset
	// (**bold**, [text](url), > quote). Both are short enough for a phone, yet a channel
	// cuts by its own limit in bytes without breaking a character.
	Text     string
	Markdown string
	URL      string
	Urgency  incident.Urgency
	// Card is set when the message is about one incident and can have buttons.
	Card *Card
	// File is set when the message is a picture or a document, and goes to a [Carrier]
	// only; Text then says what it is.
	File *incident.File
}

// Card is a message about one incident that can be acted on by buttons.
type Card struct {
	Incident  incident.ID
	Milestone int
	Level     string
	Fields    []Field  // at most 6
	Buttons   []Button // at most 6
}

// Field is one line of a card.
type Field struct{ Name, Value string }

// Button is one action of a card; Key comes back in the tap.
type Button struct {
	Text  string
	Key   string // command:incident:milestone
	Style int    // 1 primary, 2 plain, 3 danger
}

// Channel is one way of reaching people. The Courier decides whether and when to
// send again; a Channel tries once and says what happened. It never logs a body.
type Channel interface {
	// Name is the channel's name in addresses, such as wecom.
	Name() string
	Quota() Quota
	// Encode turns a message into the bytes to be sent, met to the platform's limits.
	// It must not touch the network. An error means that the content cannot be sent
	// on this channel.
	Encode(m Message) ([]byte, error)
	// Send tries once, within ctx's deadline. The same bytes may be given again after
	// an unknown outcome; where the platform can tell a duplicate, it must.
	Send(ctx context.Context, e Envelope) Outcome
}

// Outbox is where notices wait; the storage implements it. One process has it at a
// time, so that a lease ends with the process that held it.
type Outbox interface {
	// Claim leases what waits to the caller until it is prepared, held or settled: at most
	// n parcels, the most urgent first, and for each person everything that waits
	// (emergencies alone, one parcel each), except what is held back (NotBefore, Hold) or
	// whose retry is not due. Envelopes that were not settled when the process before
	// ended come back as Again. When nothing can be claimed, the second result is when
	// something will be due next; zero when nothing waits.
	Claim(ctx context.Context, now time.Time, n int) ([]Parcel, time.Time, error)
	// Hold gives claimed notices back until an instant.
	Hold(ids []NoticeID, until time.Time)
	// Pause gives a parcel's notices back; nothing new of its person's is claimed until an
	// instant, as there is no quota left for him.
	Pause(p Parcel, until time.Time)
	// Prepare writes an envelope down before its first attempt and gives it its id. A
	// notice that was withdrawn since it was claimed makes it fail with ErrWithdrawn and
	// write nothing: claim again.
	Prepare(ctx context.Context, e Envelope, now time.Time) (EnvelopeID, error)
	// Settle writes an outcome down. Sent settles the envelope's notices. Retry makes the
	// envelope due again at now+After. Superseded withdraws what is in it. Permanent closes the envelope; its notices then wait
	// for the next channel (Next) or have failed for good.
	Settle(ctx context.Context, r Result, now time.Time) error
	// Recent tells what was attempted on a channel since an instant, by receiver, so that
	// pacing survives a restart.
	Recent(ctx context.Context, channel string, since time.Time) (map[string][]time.Time, error)
}

// ErrWithdrawn means that a notice needs no telling any more.
var ErrWithdrawn = errors.New("notice was withdrawn")

// Result is the outcome of one attempt of one envelope. Envelope 0 with Notices set
// settles notices that never got an envelope (no channel, not renderable).
type Result struct {
	Envelope EnvelopeID
	Notices  []NoticeID
	Outcome  Outcome
	// Next: after Permanent, try the person's next channel.
	Next bool
	// Channel that failed, remembered so that Next does not choose it again.
	Channel string
}
