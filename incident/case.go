package incident

import (
	"slices"
	"strconv"
	"time"

	"huiying/org"
)

// ID numbers incidents from 1 upwards; officers say 3号. Zero is an incident that
// has not been saved yet: the store gives the number.
type ID int64

func (id ID) String() string { return strconv.FormatInt(int64(id), 10) }

// No is the number as officers say it: 3号 for an incident, 任务3 for a recurring duty.
func (id ID) No() string {
	if id >= FirstDuty {
		return "任务" + (id - FirstDuty + 1).String()
	}
	return id.String() + "号"
}

// SourceKind says how a source's clock starts and whether it is public.
type SourceKind string

// The kinds of sources (facts/standards.md 2.4.3).
const (
	SourceHotline  SourceKind = "hotline"  // 12345 and other hotlines
	SourcePlatform SourceKind = "platform" // 问政平台、领导信箱
	SourceSuperior SourceKind = "superior" // handed down by a superior
	SourceWeb      SourceKind = "web"      // the open web: sites, forums, new media
	SourceInternal SourceKind = "internal" // a unit's own report, a duty telephone
)

// Source is where an incident came in.
type Source struct {
	Name string     `json:"name"`
	Kind SourceKind `json:"kind"`
	// Public sources carry the national 48-hour first answer (国办发〔2016〕61号).
	Public bool `json:"public,omitempty"`
	// WantsAnswer: what it sent is answered on it; makes the feedback milestone.
	WantsAnswer bool `json:"wants_answer,omitempty"`
}

// Reporter is who spoke up; masked wherever the reader's role does not need it.
type Reporter struct {
	Name  string `json:"name,omitempty"`
	Phone string `json:"phone,omitempty"`
	IDNo  string `json:"id_no,omitempty"`
}

// Attachment is a picture or file that came with a report.
type Attachment struct {
	Name string `json:"name,omitempty"`
	URL  string `json:"url"`
}

// Report is 诉求、线索: one thing that somebody outside said.
type Report struct {
	Source      Source       `json:"source"`
	ExternalID  string       `json:"external_id,omitempty"`
	Title       string       `json:"title"`
	Text        string       `json:"text,omitempty"`
	URL         string       `json:"url,omitempty"`
	Place       string       `json:"place,omitempty"`
	Region      string       `json:"region,omitempty"`
	Reporter    Reporter     `json:"reporter,omitzero"`
	Attachments []Attachment `json:"attachments,omitempty"`
	// SubmittedAt is when it was submitted or handed over, FoundAt when somebody of
	// the county first saw it; either may be zero.
	SubmittedAt time.Time `json:"submitted_at,omitzero"`
	FoundAt     time.Time `json:"found_at,omitzero"`
	// From is the incident that brought this report here by merging; zero for its own.
	From ID `json:"from,omitempty"`
	// HandedLimits are limits that came with the item (a 12345 order, a superior's date).
	HandedLimits []HandedLimit `json:"handed_limits,omitempty"`
}

// HandedLimit is a limit handed down with an item: the earlier of it and ours binds, both are shown.
type HandedLimit struct {
	Kind  MilestoneKind `json:"kind"`
	Limit time.Time     `json:"limit"`
	By    string        `json:"by"`
}

// Evidence is why a level or flag was chosen: the rule, its clause and the words that it matched.
type Evidence struct {
	Rule   string `json:"rule"`
	Clause string `json:"clause"`
	Quote  string `json:"quote"`
	// Asks is true for a rule that only raises a question for a person.
	Asks bool `json:"asks,omitempty"`
}

// Grading is the level and how it was found.
type Grading struct {
	Level    Level      `json:"level"`
	Grade    string     `json:"grade,omitempty"` // the event's official grade, such as 较大
	Category string     `json:"category,omitempty"`
	Flags    []string   `json:"flags,omitempty"` // drill, rumor, historical, negated
	Evidence []Evidence `json:"evidence,omitempty"`
	By       string     `json:"by"` // reporter, officer or classifier
	// Confirmed by a person; an emergency found by the classifier raises the alarm
	// at once but waits for this.
	Confirmed bool `json:"confirmed,omitempty"`
	// Influence: great influence (a trigger of facts/standards.md 1.4), which makes a major's first report due.
	Influence bool `json:"influence,omitempty"`
	// Doubts are questions that rules or the model raised.
	Doubts []string `json:"doubts,omitempty"`
	// Suggested are the units that should lead, the most likely first.
	Suggested []org.UnitID `json:"suggested,omitempty"`
	// Similar are likely duplicates, the most alike first.
	Similar []Similar `json:"similar,omitempty"`
	// Routes say why each of Suggested was, in the same order.
	Routes []Route `json:"routes,omitempty"`
	// Advice is what the local model said of the report as it came in.
	Advice []Advice `json:"advice,omitempty"`
}

// Route is a unit that is suggested, and why.
type Route struct {
	Unit  org.UnitID `json:"unit"`
	Score float64    `json:"score"` // its share of all that speaks for any unit
	// Assist: suggested to assist, not to lead.
	Assist bool   `json:"assist,omitempty"`
	Reason string `json:"reason"`
}

// Advice is what the local model said on one question: category, unit or level.
type Advice struct {
	About string   `json:"about"`
	Class string   `json:"class"`
	P     float64  `json:"p"` // how sure it was, 0 to 1
	Words []string `json:"words,omitempty"`
}

// Clock is one run of the level's limits: the first from the start, later ones by regrade or reopening.
type Clock struct {
	N      int       `json:"n"`
	Level  Level     `json:"level"`
	Start  time.Time `json:"start"`
	Reason string    `json:"reason"` // start, development, correction, reopen
	// Closed is when a later clock took over; zero for the one that runs.
	Closed time.Time `json:"closed,omitzero"`
}

// Dispatching is one 分办 to the lead unit or an assisting one.
type Dispatching struct {
	Unit org.UnitID `json:"unit"`
	Lead bool       `json:"lead"`
	At   time.Time  `json:"at"`
	// Accepted or Returned, whichever came; zero while neither has.
	Accepted time.Time `json:"accepted,omitzero"`
	Returned time.Time `json:"returned,omitzero"`
	Reason   string    `json:"reason,omitempty"`
	// ReturnUntil is the last instant at which the unit may return it; set by sla.Plan.
	ReturnUntil time.Time `json:"return_until,omitzero"`
	// Ended is set when the unit was taken off by a new dispatch.
	Ended time.Time `json:"ended,omitzero"`
}

// LogHead is the end of the case's log: how many entries, and the hash of the last.
type LogHead struct {
	Seq  int    `json:"seq"`
	Hash []byte `json:"hash,omitempty"`
}

// Case is an incident with all its parts, as loaded and saved whole.
type Case struct {
	ID ID `json:"id"`
	// Version counts the saved changes; a save against another version is stale.
	Version int64   `json:"version"`
	Log     LogHead `json:"-"`

	State State `json:"state"`
	// Prior is the state to which a merged case goes back when it is split.
	Prior   State   `json:"prior,omitempty"`
	Grading Grading `json:"grading"`
	Report  Report  `json:"report"`
	// More are the reports that came in later by merging.
	More []Report `json:"more,omitempty"`

	ReceivedAt   time.Time `json:"received_at"` // S: the instant that starts the clock
	RegisteredAt time.Time `json:"registered_at"`

	Lead         org.UnitID    `json:"lead,omitempty"`
	Assisting    []org.UnitID  `json:"assisting,omitempty"`
	Designated   bool          `json:"designated,omitempty"`
	Dispatchings []Dispatching `json:"dispatchings,omitempty"`
	Clocks       []Clock       `json:"clocks,omitempty"`
	Milestones   []Milestone   `json:"milestones,omitempty"`
	Policy       string        `json:"policy,omitempty"` // version of the policy that times it
	Rules        int           `json:"rules,omitempty"`  // version of the rules that it was registered under, see [RulesVersion]

	OfficialReports []OfficialReport `json:"official_reports,omitempty"`
	Drafts          []Draft          `json:"drafts,omitempty"`
	Parts           []Part           `json:"parts,omitempty"`
	Opinions        []Opinion        `json:"opinions,omitempty"`
	Consultations   []Consultation   `json:"consultations,omitempty"`
	Extensions      []Extension      `json:"extensions,omitempty"`
	Responses       []Response       `json:"responses,omitempty"`
	Releases        []Releasing      `json:"releases,omitempty"`
	Conferences     []Conference     `json:"conferences,omitempty"`
	Plans           []Treatment      `json:"plans,omitempty"`
	Conclusions     []Conclusion     `json:"conclusions,omitempty"`
	Feedbacks       []Answer         `json:"feedbacks,omitempty"`
	AfterActions    []AfterAction    `json:"after_actions,omitempty"`
	Proofs          []Proof          `json:"proofs,omitempty"`
	Misreports      []Misreport      `json:"findings,omitempty"`
	Progress        Progressing      `json:"progress,omitzero"`
	Verified        string           `json:"verified,omitempty"` // satisfied, unsatisfied, unreached
	Reopened        time.Time        `json:"reopened,omitzero"`
	Reopenings      int              `json:"reopenings,omitempty"`
	MergedInto      ID               `json:"merged_into,omitempty"`
	// Duty is what a recurring duty is; nil for an incident. A duty is kept, timed, told and
	// logged as incidents are, and is none: no list or figure of incidents counts it.
	Duty *Duty `json:"duty,omitempty"`
	// Matter is the first incident of the same matter, 0 for one of its own: what brings
	// the reports of a hot issue together without merging them.
	Matter ID `json:"matter,omitempty"`
}

// Level is the level that times the case now.
func (c Case) Level() Level { return c.Grading.Level }

// Clock is the clock that runs now; the zero Clock before there is one.
func (c Case) Clock() Clock {
	if len(c.Clocks) == 0 {
		return Clock{}
	}
	return c.Clocks[len(c.Clocks)-1]
}

// Milestone returns the milestone of that number, nil when there is none.
func (c *Case) Milestone(seq int) *Milestone {
	for i := range c.Milestones {
		if c.Milestones[i].Seq == seq {
			return &c.Milestones[i]
		}
	}
	return nil
}

// PendingOf returns the pending milestones of a kind.
func (c Case) PendingOf(kind MilestoneKind) []Milestone {
	var out []Milestone
	for _, m := range c.Milestones {
		if m.Kind == kind && m.State == Pending {
			out = append(out, m)
		}
	}
	return out
}

// NextDue is the pending milestone with the earliest limit, inner ones left out; false
// when nothing is pending.
func (c Case) NextDue() (Milestone, bool) {
	var best Milestone
	for _, m := range c.Milestones {
		if m.State == Pending && !m.Kind.Inner() && (best.Seq == 0 || m.Limit.Before(best.Limit)) {
			best = m
		}
	}
	return best, best.Seq != 0
}

// Dispatching returns the running dispatch of the unit, nil when it has none.
func (c *Case) Dispatching(unit org.UnitID) *Dispatching {
	for i := len(c.Dispatchings) - 1; i >= 0; i-- {
		if d := &c.Dispatchings[i]; d.Unit == unit && d.Ended.IsZero() && d.Returned.IsZero() {
			return d
		}
	}
	return nil
}

// Involved tells whether the unit leads or assists.
func (c Case) Involved(unit org.UnitID) bool {
	return unit != "" && (c.Lead == unit || slices.Contains(c.Assisting, unit))
}

// meetAll marks every pending milestone of the kinds met at the instant.
func (c *Case) meetAll(at time.Time, kinds ...MilestoneKind) {
	for i := range c.Milestones {
		if slices.Contains(kinds, c.Milestones[i].Kind) {
			c.Milestones[i].meet(at)
		}
	}
}

// meetFact marks the milestones met by something that happened at an instant and is
// recorded now. What happened before a milestone's start does not meet it: an older
// release, recorded late, is not the next one.
func (t *turn) meetFact(at time.Time, kinds ...MilestoneKind) {
	for i := range t.c.Milestones {
		m := &t.c.Milestones[i]
		early := at.Before(m.From) && at.Before(t.now)
		if m.Kind == MilestoneRollingRelease {
			early = !at.After(m.From)
		}
		if slices.Contains(kinds, m.Kind) && !early {
			m.meet(at)
		}
	}
}

// firstStart is the start that a correction counts from: the first one, or that of the reopening.
func (c *Case) firstStart() time.Time {
	if !c.Reopened.IsZero() {
		return c.Reopened
	}
	return c.ReceivedAt
}

// clone copies the case so that Apply never writes into the caller's slices.
func (c Case) clone() Case {
	c.More = slices.Clone(c.More)
	c.Assisting = slices.Clone(c.Assisting)
	c.Dispatchings = slices.Clone(c.Dispatchings)
	c.Clocks = slices.Clone(c.Clocks)
	c.Milestones = CloneMilestones(c.Milestones)
	c.OfficialReports = slices.Clone(c.OfficialReports)
	c.Extensions = slices.Clone(c.Extensions)
	c.Drafts = cloneDrafts(c.Drafts)
	c.Parts = slices.Clone(c.Parts)
	c.Opinions = slices.Clone(c.Opinions)
	c.Responses = slices.Clone(c.Responses)
	c.Releases = slices.Clone(c.Releases)
	c.Conferences = slices.Clone(c.Conferences)
	c.Plans = slices.Clone(c.Plans)
	c.Conclusions = slices.Clone(c.Conclusions)
	c.Feedbacks = slices.Clone(c.Feedbacks)
	c.Consultations = slices.Clone(c.Consultations)
	c.Proofs = slices.Clone(c.Proofs)
	c.AfterActions = slices.Clone(c.AfterActions)
	c.Misreports = slices.Clone(c.Misreports)
	if c.Duty != nil {
		d := *c.Duty
		d.Entries = slices.Clone(d.Entries)
		c.Duty = &d
	}
	return c
}

// CloneMilestones copies milestones with their ladders' records.
func CloneMilestones(ms []Milestone) []Milestone {
	out := slices.Clone(ms)
	for i := range out {
		out[i].Told = slices.Clone(out[i].Told)
		for j := range out[i].Told {
			out[i].Told[j].Acked = slices.Clone(out[i].Told[j].Acked)
		}
	}
	return out
}
