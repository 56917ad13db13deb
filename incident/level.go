package incident

import "slices"

// Level is the notice's class of an incident (县通知 四（二）).
type Level string

// The three levels.
const (
	General   Level = "general"   // 一般
	Major     Level = "major"     // 重大问题
	Emergency Level = "emergency" // 重大突发（含特别重大）
)

// Levels lists them from low to high.
func Levels() []Level { return []Level{General, Major, Emergency} }

// Valid tells whether l is one of the three.
func (l Level) Valid() bool { return slices.Contains(Levels(), l) }

// Rank is 0 for general, 2 for emergency, -1 for none.
func (l Level) Rank() int { return slices.Index(Levels(), l) }

// Chinese is the level as officers read it.
func (l Level) Chinese() string {
	switch l {
	case General:
		return "一般"
	case Major:
		return "重大问题"
	case Emergency:
		return "重大突发"
	}
	return "未定级"
}

// State says who holds the incident.
type State string

// The states of rules.md.
const (
	Received   State = "received"   // 已登记
	Assessed   State = "assessed"   // 已研判
	Dispatched State = "dispatched" // 已分办
	Returned   State = "returned"   // 已退回
	Accepted   State = "accepted"   // 已签收
	Handling   State = "handling"   // 处置中
	Concluded  State = "concluded"  // 已办结
	Archived   State = "archived"   // 已归档
	Merged     State = "merged"     // 已并案
	Void       State = "void"       // 已作废
)

// States lists them in the order of the way.
func States() []State {
	return []State{Received, Assessed, Dispatched, Returned, Accepted, Handling, Concluded, Archived, Merged, Void}
}

// Valid tells whether s is a known state.
func (s State) Valid() bool { return slices.Contains(States(), s) }

// Open tells whether something is still owed on an incident in this state.
func (s State) Open() bool {
	return s != Concluded && s != Archived && s != Merged && s != Void
}

// Chinese is the state as officers read it.
func (s State) Chinese() string {
	switch s {
	case Received:
		return "已登记"
	case Assessed:
		return "已研判"
	case Dispatched:
		return "已分办"
	case Returned:
		return "已退回"
	case Accepted:
		return "已签收"
	case Handling:
		return "处置中"
	case Concluded:
		return "已办结"
	case Archived:
		return "已归档"
	case Merged:
		return "已并案"
	case Void:
		return "已作废"
	}
	return string(s)
}
