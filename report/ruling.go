package report

import (
	"time"

	"huiying/incident"
	"huiying/org"
)

// RulingKind says what a person decides about.
type RulingKind string

// The kinds of rulings.
const (
	RulingReminder RulingKind = "reminder" // 提醒函
	RulingCensure  RulingKind = "censure"  // 通报批评
	RulingTalk     RulingKind = "talk"     // 约谈
	RulingAppeal   RulingKind = "appeal"   // 申诉: a unit disputes a deduction
	RulingReview   RulingKind = "review"   // 复盘: an after-action review of a major incident that is overdue
	// RulingEntry is 年终考核扣分: what the county office enters in a unit's sheet of the
	// year. It stands from its entry (adopted) and may be taken back (rejected).
	RulingEntry RulingKind = "entry"
)

// Chinese is the kind as officers read it.
func (k RulingKind) Chinese() string {
	switch k {
	case RulingReminder:
		return "提醒函"
	case RulingCensure:
		return "通报批评"
	case RulingTalk:
		return "约谈"
	case RulingAppeal:
		return "申诉"
	case RulingReview:
		return "事后复盘"
	case RulingEntry:
		return "年终考核扣分"
	}
	return string(k)
}

// deed is the kind as something that is done to a unit.
func (k RulingKind) deed() string {
	if k == RulingReminder {
		return "发提醒函"
	}
	return k.Chinese()
}

// RulingState is where a ruling stands.
type RulingState string

// The states of a ruling. Nothing is decided but by a person.
const (
	RulingOpen     RulingState = "open"     // 待决定
	RulingAdopted  RulingState = "adopted"  // 采纳
	RulingRejected RulingState = "rejected" // 不采纳
)

// Chinese is the state as officers read it.
func (s RulingState) Chinese() string {
	switch s {
	case RulingOpen:
		return "待决定"
	case RulingAdopted:
		return "已采纳"
	case RulingRejected:
		return "不采纳"
	}
	return string(s)
}

// Ruling is something about a unit's work that a person decides: a proposal of the rules
// (提醒函、通报批评、约谈), an appeal, an after-action review. The rules never propose 移送.
type Ruling struct {
	ID int64 `json:"id"`
	// Key makes it one of its kind, such as the rule, the unit and the period.
	Key    string      `json:"key"`
	Kind   RulingKind  `json:"kind"`
	State  RulingState `json:"state"`
	Period string      `json:"period"`
	Unit   org.UnitID  `json:"unit"`
	At     time.Time   `json:"at"`
	// Incidents are what it rests on; Rule and Text say why.
	Incidents []incident.ID `json:"incidents,omitempty"`
	Rule      string        `json:"rule,omitempty"`
	Text      string        `json:"text"`
	By        string        `json:"by,omitempty"` // who filed it; empty for a rule
	// Figure and Milestone are the deduction that an appeal disputes.
	Figure    string `json:"figure,omitempty"`
	Milestone int    `json:"milestone,omitempty"`
	// Points are what an entry in the year's sheet costs, of 100.
	Points    float64   `json:"points,omitempty"`
	Decided   time.Time `json:"decided,omitzero"`
	DecidedBy string    `json:"decided_by,omitempty"`
	Answer    string    `json:"answer,omitempty"`
}

// disputed is the incident of the deduction that an appeal disputes; 0 for none.
func (r Ruling) disputed() incident.ID {
	if len(r.Incidents) == 0 {
		return 0
	}
	return r.Incidents[0]
}
