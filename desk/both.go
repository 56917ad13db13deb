package desk

import (
	"strings"

	"huiying/incident"
	"huiying/org"
)

// beside are the units that must hear of a dispatch though they neither lead nor assist:
// the unit of the region where it happened, and the competent department (属地管理、
// 分级负责). A unit of the whole county has no region and is none of the first.
func (d *Desk) beside(c incident.Case) []org.UnitID {
	var out []org.UnitID
	add := func(u org.UnitID) {
		if _, known := d.Directory().Unit(u); known && !c.Involved(u) && u != d.Directory().County() {
			out = append(out, u)
		}
	}
	for _, u := range d.Directory().Data().Units {
		here := u.Region != "" && (u.Region == c.Report.Region || strings.Contains(c.Report.Place, u.Region))
		if here {
			add(u.ID)
		}
	}
	// Where a region leads, the first that the rules of routing suggest is the competent department.
	if lead, _ := d.Directory().Unit(c.Lead); lead.Region != "" && len(c.Grading.Suggested) > 0 {
		if u, ok := d.Directory().Unit(c.Grading.Suggested[0]); ok && u.Region == "" {
			add(u.ID)
		}
	}
	return out
}

// tellBeside tells them, after a dispatch, and says so in the log.
func (d *Desk) tellBeside(c incident.Case, out *incident.Outcome) {
	units := d.beside(c)
	if len(units) == 0 {
		return
	}
	var names []string
	for _, u := range units {
		name := d.Directory().UnitName(u)
		names = append(names, name)
		text := "已分办给" + d.Directory().UnitName(c.Lead) + "，请" + name + "按属地管理、分级负责的要求配合"
		out.Notices = append(out.Notices, incident.Notice{Kind: incident.NoticeResult, Unit: u, Post: org.Handler, Text: text})
	}
	last := &out.Entries[len(out.Entries)-1]
	last.Text += "；并告知" + strings.Join(names, "、")
}
