package api

import (
	"slices"
	"time"

	"huiying/incident"
	"huiying/org"
)

// Summary is an incident in a list.
type Summary struct {
	ID             incident.ID    `json:"id"`
	Title          string         `json:"title"`
	State          incident.State `json:"state"`
	Level          incident.Level `json:"level,omitempty"`
	LevelConfirmed bool           `json:"level_confirmed"`
	Source         string         `json:"source"`
	ExternalID     string         `json:"external_id,omitempty"`
	Place          string         `json:"place,omitempty"`
	Lead           org.UnitID     `json:"lead,omitempty"`
	LeadName       string         `json:"lead_name,omitempty"`
	ReceivedAt     Stamp          `json:"received_at"`
	RegisteredAt   Stamp          `json:"registered_at"`
	// NextDue is the pending milestone with the earliest limit, absent when nothing is due.
	NextDue *Milestone `json:"next_due,omitempty"`
	Overdue bool       `json:"overdue"`
}

// Incident is an incident with all its parts; the reporters are masked.
type Incident struct {
	Summary
	Version int64 `json:"version"`
	Report
	Category  string              `json:"category,omitempty"`
	Grade     string              `json:"grade,omitempty"`
	LevelBy   string              `json:"level_by,omitempty"`
	Influence bool                `json:"influence,omitempty"`
	Flags     []string            `json:"flags,omitempty"`
	Evidence  []incident.Evidence `json:"evidence,omitempty"`
	Doubts    []string            `json:"doubts,omitempty"`
	Suggested []org.UnitID        `json:"suggested,omitempty"`
	// Routes say why each of suggested was, in the same order; Advice is what the local
	// model said as it came in.
	Routes     []incident.Route   `json:"routes,omitempty"`
	Advice     []incident.Advice  `json:"advice,omitempty"`
	Similar    []incident.Similar `json:"similar,omitempty"`
	Matter     incident.ID        `json:"matter,omitempty"`
	Assisting  []org.UnitID       `json:"assisting,omitempty"`
	Designated bool               `json:"designated,omitempty"`
	Policy     string             `json:"policy,omitempty"`
	Milestones []Milestone        `json:"milestones"`
	More       []Report           `json:"more,omitempty"`

	Clocks          []incident.Clock          `json:"clocks,omitempty"`
	Dispatchings    []incident.Dispatching    `json:"dispatchings,omitempty"`
	OfficialReports []incident.OfficialReport `json:"official_reports,omitempty"`
	Drafts          []Draft                   `json:"drafts,omitempty"`
	Parts           []incident.Part           `json:"parts,omitempty"`
	Opinions        []incident.Opinion        `json:"opinions,omitempty"`
	Extensions      []incident.Extension      `json:"extensions,omitempty"`
	Responses       []incident.Response       `json:"responses,omitempty"`
	Releases        []incident.Releasing      `json:"releases,omitempty"`
	Conferences     []incident.Conference     `json:"conferences,omitempty"`
	Plans           []incident.Treatment      `json:"plans,omitempty"`
	Conclusions     []incident.Conclusion     `json:"conclusions,omitempty"`
	Feedbacks       []incident.Answer         `json:"feedbacks,omitempty"`
	Consultations   []incident.Consultation   `json:"consultations,omitempty"`
	Proofs          []incident.Proof          `json:"proofs,omitempty"`
	AfterActions    []incident.AfterAction    `json:"after_actions,omitempty"`
	Findings        []incident.Misreport      `json:"findings,omitempty"`
	Verified        string                    `json:"verified,omitempty"`
	ReopenedAt      Stamp                     `json:"reopened_at,omitzero"`
	MergedInto      incident.ID               `json:"merged_into,omitempty"`
}

// Report is what one source said; the reporter is masked.
type Report struct {
	SourceDetail incident.Source       `json:"source_detail"`
	Text         string                `json:"text,omitempty"`
	URL          string                `json:"url,omitempty"`
	Region       string                `json:"region,omitempty"`
	Reporter     incident.Reporter     `json:"reporter,omitzero"`
	Attachments  []incident.Attachment `json:"attachments,omitempty"`
	SubmittedAt  Stamp                 `json:"submitted_at,omitzero"`
	FoundAt      Stamp                 `json:"found_at,omitzero"`
	// From is the incident that brought the report here by merging.
	From incident.ID `json:"from,omitempty"`
}

// Milestone is something due; its state is as it is now.
type Milestone struct {
	Seq  int                    `json:"seq"`
	Kind incident.MilestoneKind `json:"kind"`
	// Ref and Post are of a review: which, and whose it is.
	Ref      string                  `json:"ref,omitempty"`
	Post     org.Post                `json:"post,omitempty"`
	State    incident.MilestoneState `json:"state"`
	Unit     org.UnitID              `json:"unit,omitempty"`
	Clock    int                     `json:"clock,omitempty"`
	FromAt   Stamp                   `json:"from_at"`
	TargetAt Stamp                   `json:"target_at,omitzero"`
	LimitAt  Stamp                   `json:"limit_at"`
	MetAt    Stamp                   `json:"met_at,omitzero"`
	Counted  string                  `json:"counted,omitempty"`
	Warning  string                  `json:"warning,omitempty"`
	// OriginalAt is the limit before an extension or a recomputation.
	OriginalAt Stamp  `json:"original_at,omitzero"`
	Extended   bool   `json:"extended,omitempty"`
	Told       []Told `json:"told,omitempty"`
}

// Told is a rung of the ladder that was fired.
type Told struct {
	Rung    int            `json:"rung"`
	At      Stamp          `json:"at"`
	Repeats int            `json:"repeats,omitempty"`
	People  []org.PersonID `json:"people,omitempty"`
	Acked   []org.PersonID `json:"acked,omitempty"`
}

// summary shows a case in a list, as it is at now.
func (a *API) summary(c incident.Case, now time.Time) Summary {
	s := Summary{
		ID: c.ID, Title: incident.MaskText(c.Report.Title), State: c.State, Level: c.Level(),
		LevelConfirmed: c.Grading.Confirmed || c.Grading.By != "classifier",
		Source:         c.Report.Source.Name, ExternalID: c.Report.ExternalID, Place: incident.MaskText(c.Report.Place),
		Lead: c.Lead, ReceivedAt: a.at(c.ReceivedAt), RegisteredAt: a.at(c.RegisteredAt),
	}
	if c.Lead != "" {
		s.LeadName = a.Desk.Directory().UnitName(c.Lead)
	}
	if due, ok := c.NextDue(); ok {
		m := a.milestone(due, now)
		m.Told = nil
		s.NextDue = &m
		s.Overdue = m.State == incident.Overdue
	}
	return s
}

// incident shows a case whole, as it is at now.
func (a *API) incident(c incident.Case, now time.Time) Incident {
	out := Incident{
		Summary: a.summary(c, now), Version: c.Version, Report: a.report(c.Report),
		Category: c.Grading.Category, Grade: c.Grading.Grade, LevelBy: c.Grading.By, Influence: c.Grading.Influence,
		Flags: c.Grading.Flags, Evidence: maskEvidence(c.Grading.Evidence), Doubts: c.Grading.Doubts, Suggested: c.Grading.Suggested,
		Similar: c.Grading.Similar, Matter: c.Matter, Routes: maskRoutes(c.Grading.Routes), Advice: maskAdvice(c.Grading.Advice),
		Assisting: c.Assisting, Designated: c.Designated, Policy: c.Policy,
		Milestones: make([]Milestone, 0, len(c.Milestones)),
		Verified:   c.Verified, ReopenedAt: a.at(c.Reopened), MergedInto: c.MergedInto,
	}
	for _, m := range c.Milestones {
		out.Milestones = append(out.Milestones, a.milestone(m, now))
	}
	for _, r := range c.More {
		out.More = append(out.More, a.report(r))
	}
	a.history(c, &out)
	return out
}

// history copies what was done, its times in the county's zone.
func (a *API) history(c incident.Case, out *Incident) {
	out.Clocks = local(c.Clocks, func(x *incident.Clock) { a.in(&x.Start, &x.Closed) })
	out.Dispatchings = local(c.Dispatchings, func(x *incident.Dispatching) {
		a.in(&x.At, &x.Accepted, &x.Returned, &x.ReturnUntil, &x.Ended)
	})
	out.OfficialReports = local(c.OfficialReports, func(x *incident.OfficialReport) { a.in(&x.At) })
	out.Extensions = local(c.Extensions, func(x *incident.Extension) { a.in(&x.AskedAt, &x.Granted, &x.Refused) })
	out.Drafts = a.drafts(c)
	out.Parts = local(c.Parts, func(x *incident.Part) { a.in(&x.At, &x.Due, &x.Answered) })
	out.Opinions = local(c.Opinions, func(x *incident.Opinion) { a.in(&x.At); x.Text = incident.MaskText(x.Text) })
	out.Responses = local(c.Responses, func(x *incident.Response) { a.in(&x.At) })
	out.Releases = local(c.Releases, func(x *incident.Releasing) { a.in(&x.At) })
	out.Conferences = local(c.Conferences, func(x *incident.Conference) { a.in(&x.At) })
	out.Plans = local(c.Plans, func(x *incident.Treatment) { a.in(&x.At, &x.PromisedAt) })
	out.Findings = local(c.Misreports, func(x *incident.Misreport) { a.in(&x.At, &x.KnownAt, &x.Revoked) })
	out.Conclusions = local(c.Conclusions, func(x *incident.Conclusion) { a.in(&x.At) })
	out.Consultations = local(c.Consultations, func(x *incident.Consultation) {
		a.in(&x.At)
		x.Facts, x.Wording = incident.MaskText(x.Facts), incident.MaskText(x.Wording)
		x.Division = local(x.Division, func(m *incident.Item) { a.in(&m.DueAt) })
	})
	out.Proofs = local(c.Proofs, func(x *incident.Proof) { a.in(&x.At) })
	out.AfterActions = local(c.AfterActions, func(x *incident.AfterAction) {
		a.in(&x.At)
		x.Measures = local(x.Measures, func(m *incident.Item) { a.in(&m.DueAt) })
		for _, s := range []*string{&x.Happened, &x.Well, &x.Ill, &x.Causes} {
			*s = incident.MaskText(*s)
		}
	})
	out.Feedbacks = local(c.Feedbacks, func(x *incident.Answer) { a.in(&x.At) })
}

// local copies a list and changes each item of the copy.
func local[T any](list []T, change func(*T)) []T {
	out := slices.Clone(list)
	for i := range out {
		change(&out[i])
	}
	return out
}

func (a *API) in(times ...*time.Time) {
	for _, t := range times {
		if !t.IsZero() {
			*t = t.In(a.zone).Truncate(time.Millisecond)
		}
	}
}

func (a *API) report(r incident.Report) Report {
	r = r.Masked()
	return Report{
		SourceDetail: r.Source, Text: r.Text, URL: r.URL, Region: r.Region, Reporter: r.Reporter,
		Attachments: r.Attachments, SubmittedAt: a.at(r.SubmittedAt), FoundAt: a.at(r.FoundAt), From: r.From,
	}
}

func (a *API) milestone(m incident.Milestone, now time.Time) Milestone {
	out := Milestone{
		Seq: m.Seq, Kind: m.Kind, Ref: m.Ref, Post: m.Post, State: m.StateAt(now), Unit: m.Unit, Clock: m.Clock,
		FromAt: a.at(m.From), TargetAt: a.at(m.Target), LimitAt: a.at(m.Limit), MetAt: a.at(m.MetAt),
		Counted: m.Counted, Warning: m.Warning, OriginalAt: a.at(m.Original), Extended: m.Extended,
	}
	for _, t := range m.Told {
		out.Told = append(out.Told, Told{Rung: t.Rung, At: a.at(t.At), Repeats: t.Nth, People: t.People, Acked: t.Acked})
	}
	return out
}

func maskRoutes(rs []incident.Route) []incident.Route {
	return local(rs, func(r *incident.Route) { r.Reason = incident.MaskText(r.Reason) })
}

func maskAdvice(as []incident.Advice) []incident.Advice {
	return local(as, func(a *incident.Advice) {
		a.Words = local(a.Words, func(w *string) { *w = incident.MaskText(*w) })
	})
}

func maskEvidence(es []incident.Evidence) []incident.Evidence {
	return local(es, func(e *incident.Evidence) { e.Quote = incident.MaskText(e.Quote) })
}
