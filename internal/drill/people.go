package drill

import (
	"huiying/org"
)

// hall is the county office of every drill.
const hall = org.UnitID("县政府办")

// people makes the units that a script names, each with somebody in every post but the
// vacant ones, so that a script need not bring a directory.
func people(s *Script) org.Data {
	data := org.Data{}
	seen := map[org.UnitID]bool{}
	add := func(id org.UnitID) {
		if id == "" || seen[id] {
			return
		}
		seen[id] = true
		data.Units = append(data.Units, org.Unit{ID: id, Name: string(id), County: id == hall})
		for _, post := range org.Posts() {
			if post.County() != (id == hall) || vacant(s, Seat{id, post}) {
				continue
			}
			p := org.Person{
				ID: seatPerson(Seat{id, post}), Name: string(id) + post.Chinese(),
				Addresses: []org.Address{{Channel: channelName, To: string(id) + "-" + string(post)}},
			}
			data.Persons = append(data.Persons, p)
			data.Appointments = append(data.Appointments, org.Appointment{Person: p.ID, Unit: id, Post: post})
		}
	}
	add(hall)
	for _, step := range s.Steps {
		for _, u := range unitsOf(step) {
			add(u)
		}
	}
	for _, a := range s.Absent {
		add(seatUnit(a.Seat))
		absence := org.Absence{Person: seatPerson(a.Seat), From: a.from, To: a.to}
		if a.StandIn != nil {
			add(seatUnit(*a.StandIn))
			absence.StandIn = seatPerson(*a.StandIn)
		}
		data.Absences = append(data.Absences, absence)
	}
	return data
}

func vacant(s *Script, seat Seat) bool {
	for _, v := range s.Vacant {
		if v.Post == seat.Post && seatUnit(v) == seat.Unit {
			return true
		}
	}
	return false
}

func seatUnit(s Seat) org.UnitID {
	if s.Post.County() || s.Unit == "" {
		return hall
	}
	return s.Unit
}

func seatPerson(s Seat) org.PersonID {
	return org.PersonID(string(seatUnit(s)) + "/" + string(s.Post))
}

// unitsOf lists the units that a step names.
func unitsOf(step Step) []org.UnitID {
	var out []org.UnitID
	for _, key := range []string{"lead", "suggest"} {
		if name, ok := step.Args[key].(string); ok {
			out = append(out, org.UnitID(name))
		}
	}
	if list, ok := step.Args["assisting"].([]any); ok {
		for _, v := range list {
			if name, ok := v.(string); ok {
				out = append(out, org.UnitID(name))
			}
		}
	}
	if step.By != nil && step.By.Unit != "" && !step.By.Post.County() {
		out = append(out, step.By.Unit)
	}
	return out
}
