package incident

import (
	"slices"
	"strings"
	"time"

	"huiying/org"
)

// Dispatch is 分办: the county gives the incident to a lead unit and assisting ones.
// A dispatch of a case that has a unit takes it off that unit; no clock restarts.
type Dispatch struct {
	Lead         org.UnitID   `json:"lead"`
	Assisting    []org.UnitID `json:"assisting,omitempty"`
	Requirements string       `json:"requirements,omitempty"`
}

// Kind is KindDispatch.
func (Dispatch) Kind() Kind { return KindDispatch }

func (cmd Dispatch) apply(t *turn) error {
	c := t.c
	if c.Level() == "" {
		return refused("事件还没有研判等级，请先研判再分办。")
	}
	if c.Designated && cmd.Lead != c.Lead {
		return refused("本件已指定承办，只能由县政府办主任再次指定承办单位。")
	}
	if c.Lead == cmd.Lead && c.State != Returned && c.Lead != "" && slices.Equal(c.Assisting, cmd.Assisting) {
		return refused("本件现在就由该单位承办，无需再次分办。")
	}
	if err := t.dispatch(cmd.Lead, cmd.Assisting); err != nil {
		return err
	}
	t.text = "分办给" + string(cmd.Lead) + assistText(cmd.Assisting)
	if cmd.Requirements != "" {
		t.text += "，要求：" + cmd.Requirements
	}
	return nil
}

// Designate is 指定承办: the office director rules whose it is; it cannot be returned.
type Designate struct {
	Lead      org.UnitID   `json:"lead"`
	Assisting []org.UnitID `json:"assisting,omitempty"`
	Reason    string       `json:"reason,omitempty"`
}

// Kind is KindDesignate.
func (Designate) Kind() Kind { return KindDesignate }

func (cmd Designate) apply(t *turn) error {
	if err := t.reason(cmd.Reason, "指定理由"); err != nil {
		return err
	}
	if err := t.dispatch(cmd.Lead, cmd.Assisting); err != nil {
		return err
	}
	t.c.Designated = true
	t.text = "指定" + string(cmd.Lead) + "承办，不得退回" + assistText(cmd.Assisting) + because(cmd.Reason)
	return nil
}

func assistText(units []org.UnitID) string {
	if len(units) == 0 {
		return ""
	}
	names := make([]string, len(units))
	for i, u := range units {
		names[i] = string(u)
	}
	return "，协办：" + strings.Join(names, "、")
}

func (t *turn) dispatch(lead org.UnitID, assisting []org.UnitID) error {
	c := t.c
	if err := need("lead", string(lead), "主办单位"); err != nil {
		return err
	}
	if slices.Contains(assisting, lead) {
		return invalid("assisting", "主办单位不能同时是协办单位。")
	}
	again := c.State == Dispatched || c.State == Accepted || c.State == Handling
	keepLead := again && c.Lead == lead
	for i := range c.Dispatchings {
		d := &c.Dispatchings[i]
		stays := (d.Lead && d.Unit == lead && keepLead) || (!d.Lead && slices.Contains(assisting, d.Unit))
		if d.Ended.IsZero() && d.Returned.IsZero() && !stays {
			d.Ended = t.now
		}
	}
	c.Lead, c.Assisting = lead, slices.Clone(assisting)
	if c.Dispatching(lead) == nil {
		c.Dispatchings = append(c.Dispatchings, Dispatching{Unit: lead, Lead: true, At: t.now})
	}
	for _, u := range assisting {
		if c.Dispatching(u) == nil {
			c.Dispatchings = append(c.Dispatchings, Dispatching{Unit: u, At: t.now})
		}
	}
	if !keepLead {
		c.State = Dispatched
	}
	c.meetAll(t.now, MilestoneDispatch)
	return nil
}

// Accept is 签收: the unit takes it on; each unit for itself.
type Accept struct{}

// Kind is KindAccept.
func (Accept) Kind() Kind { return KindAccept }

func (Accept) apply(t *turn) error {
	c := t.c
	unit := t.unit()
	d := c.Dispatching(unit)
	if d == nil {
		return refused("本件没有分办给您的单位。")
	}
	if !d.Accepted.IsZero() {
		return refused("贵单位已于" + t.clockTime(d.Accepted) + "签收，无需重复签收。")
	}
	d.Accepted = t.now
	if unit == c.Lead && c.State == Dispatched {
		c.State = Accepted
	}
	c.meetAccept(unit, t.now)
	t.text = string(unit) + "签收"
	return nil
}

// Return is 退回: the lead's deputy or head sends it back with the reason and the
// unit held responsible, within the return limit, never after a designation.
type Return struct {
	Reason string `json:"reason"`
	// Suggest is the unit that should have it, empty when unknown.
	Suggest org.UnitID `json:"suggest,omitempty"`
}

// Kind is KindReturn.
func (Return) Kind() Kind { return KindReturn }

func (cmd Return) apply(t *turn) error {
	c := t.c
	if err := need("reason", cmd.Reason, "退回理由"); err != nil {
		return err
	}
	if c.Designated {
		return refused("本件已由县政府办指定承办，不得退回。可以：签收、进展、申请延期、办结（主办单位）。")
	}
	d := c.Dispatching(c.Lead)
	if d == nil {
		return refused("本件没有分办给您的单位。")
	}
	if !d.ReturnUntil.IsZero() && t.now.After(d.ReturnUntil) {
		return refused("退回须在" + t.clockTime(d.ReturnUntil) + "之前提出，现已过期。请签收办理；确有异议的，请与县值班员联系。")
	}
	d.Returned, d.Reason = t.now, cmd.Reason
	c.meetAccept(c.Lead, t.now)
	t.text = string(c.Lead) + "退回" + because(cmd.Reason)
	if cmd.Suggest != "" {
		t.text += "，建议由" + string(cmd.Suggest) + "承办"
	}
	t.text += "；时限照走，不因退回顺延"
	c.Lead = ""
	c.State = Returned
	t.tell(NoticeResult, "", org.DutyOfficer, t.text)
	return nil
}

// unit is the unit for which the actor acts: the lead if he is of it, else the assisting one.
func (t *turn) unit() org.UnitID {
	if t.by.In(t.c.Lead) {
		return t.c.Lead
	}
	for _, u := range t.c.Assisting {
		if t.by.In(u) {
			return u
		}
	}
	return ""
}

func (c *Case) meetAccept(unit org.UnitID, at time.Time) {
	for i := range c.Milestones {
		if m := &c.Milestones[i]; m.Kind == MilestoneAccept && m.Unit == unit {
			m.meet(at)
		}
	}
}

// tell owes a notice to the holder of a post.
func (t *turn) tell(kind NoticeKind, unit org.UnitID, post org.Post, text string) {
	t.notices = append(t.notices, Notice{Kind: kind, Unit: unit, Post: post, Text: text, Level: t.c.Level(), At: t.now})
}

// clockTime shows an instant in the county's zone, which the case's times carry as
// they were read; China has one zone and no summer time.
func (t *turn) clockTime(at time.Time) string {
	return at.In(china()).Format("1月2日15:04")
}

func china() *time.Location { return time.FixedZone("Asia/Shanghai", 8*60*60) }

func system(by org.Actor) bool { return by.Role == org.RoleSystem }
