package incident

import (
	"time"

	"huiying/org"
)

// NoticeKind says why somebody is told.
type NoticeKind string

// The kinds of notices.
const (
	NoticeLadder      NoticeKind = "ladder"      // a rung of a milestone's ladder
	NoticeResult      NoticeKind = "result"      // something was decided that the reader asked for or must know
	NoticeSupervise   NoticeKind = "supervise"   // 督办 by hand
	NoticeUnreachable NoticeKind = "unreachable" // a rung reached nobody; for the duty officer
	// NoticeDigest is a summary that belongs to no incident (Incident 0): its Text is the
	// whole message, the first line its title.
	NoticeDigest NoticeKind = "digest"
	// NoticeFile is a picture or document that goes with a digest, as a message of its own.
	NoticeFile NoticeKind = "file"
)

// Urgency orders what waits; higher goes first.
type Urgency int

// The urgencies.
const (
	UrgencyNormal    Urgency = 1
	UrgencyOverdue   Urgency = 2
	UrgencyMajor     Urgency = 3
	UrgencyEmergency Urgency = 4
)

// Notice is owed to one person: who, why, how urgent. It carries no text; the
// Courier renders it when it is sent, so that the time left is true.
type Notice struct {
	Incident  ID            `json:"incident"`
	Milestone int           `json:"milestone,omitempty"` // its Seq, 0 for none
	About     MilestoneKind `json:"about,omitempty"`
	Kind      NoticeKind    `json:"kind"`
	// Rung and Nth are the rung's number in its ladder and which repeat this is; Label is
	// the rung as people read it in logs, such as L-24h.
	Rung  int    `json:"rung"`
	Nth   int    `json:"nth,omitempty"`
	Label string `json:"label,omitempty"`
	// Entry is the log entry that caused a notice which is not a rung; part of its key.
	Entry int `json:"entry,omitempty"`
	// Draft is the number of the draft that it is about, 0 for none.
	Draft  int          `json:"draft,omitempty"`
	Person org.PersonID `json:"person"`
	Unit   org.UnitID   `json:"unit,omitempty"`
	Post   org.Post     `json:"post,omitempty"`
	// StandsFor is the vacant or absent post that the reader stands in for.
	StandsFor string `json:"stands_for,omitempty"`
	// Missed names the rungs that an outage passed over, highest first, for the reader.
	Missed  []string  `json:"missed,omitempty"`
	Level   Level     `json:"level"`
	Urgency Urgency   `json:"urgency"`
	At      time.Time `json:"at"`
	// NotBefore holds the notice back to the end of the quiet hours; zero sends at once.
	NotBefore time.Time `json:"not_before,omitzero"`
	// Text is a sentence beside the template's, such as the reason of a return.
	Text string `json:"text,omitempty"`
	// Pace: what it is about is a step on the way that we propose (see [DutyDue]), so that being
	// behind is not being overdue.
	Pace bool `json:"pace,omitempty"`
	// File is what a notice of [NoticeFile] hands over; nil for words.
	File *File `json:"file,omitempty"`
	// Path is the page of a digest, such as /weekly/2026-W47; empty for the first page.
	Path string `json:"path,omitempty"`
}

// Brief is what a message needs to know of the incident when it is rendered.
type Brief struct {
	ID        ID
	Title     string
	State     State
	Level     Level
	Place     string
	Source    string
	Lead      org.UnitID
	LeadName  string
	Confirmed bool
	// Duty is the rule of a recurring duty, such as D4; empty for an incident.
	Duty string
	// Milestone that the notice is about, as it is now; the zero value for none.
	Milestone Milestone
}

// File is a picture or a document that goes with a digest as a message of its own. Its
// bytes are kept apart, by their hash, before anybody is told of it.
type File struct {
	Name  string `json:"name"`
	Media string `json:"media"` // image/png and the like
	Hash  string `json:"hash"`  // SHA-256, hexadecimal
	Size  int    `json:"size"`  // bytes
}
