package incident

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"huiying/org"
)

// Kind names a command in the API's address, in drills, in chat and in the log.
type Kind string

// The commands. Each has its struct in the file of its rule.
const (
	KindRegister        Kind = "register"         // 登记
	KindAssess          Kind = "assess"           // 研判
	KindDispatch        Kind = "dispatch"         // 分办
	KindDesignate       Kind = "designate"        // 指定承办
	KindAccept          Kind = "accept"           // 签收
	KindReturn          Kind = "return"           // 退回
	KindProgress        Kind = "progress"         // 进展
	KindRegrade         Kind = "regrade"          // 升降级
	KindAskExtension    Kind = "ask_extension"    // 申请延期
	KindGrantExtension  Kind = "grant_extension"  // 准予延期
	KindRefuseExtension Kind = "refuse_extension" // 不予延期
	KindPause           Kind = "pause"            // 暂停计时: always refused
	KindFirstReport     Kind = "first_report"     // 首报、续报、终报
	KindRespond         Kind = "respond"          // 首次回应
	KindRelease         Kind = "release"          // 权威发布
	KindPressConference Kind = "press_conference" // 新闻发布会
	KindCompose         Kind = "compose"          // 起草初稿: by the house
	KindDraft           Kind = "draft"            // 拟稿
	KindSubmit          Kind = "submit"           // 送审
	KindReview          Kind = "review"           // 审核: one of the three reviews
	KindCountersign     Kind = "countersign"      // 会签
	KindWithdraw        Kind = "withdraw"         // 撤稿
	KindAssign          Kind = "assign"           // 交办协办任务
	KindOpinion         Kind = "opinion"          // 协办意见
	KindConsult         Kind = "consult"          // 会商
	KindPlan            Kind = "plan"             // 给出处理方案
	KindConclude        Kind = "conclude"         // 办结
	KindFeedback        Kind = "feedback"         // 反馈
	KindVerify          Kind = "verify"           // 回访
	KindReflect         Kind = "after_action"     // 复盘
	KindMerge           Kind = "merge"            // 并案
	KindAbsorb          Kind = "absorb"           // 并入: the other side of a merge, by the house
	KindYield           Kind = "yield"            // 拆出: the other side of a split, by the house
	KindSplit           Kind = "split"            // 拆案
	KindVoid            Kind = "void"             // 作废
	KindReopen          Kind = "reopen"           // 重办
	KindArchive         Kind = "archive"          // 归档
	KindComment         Kind = "comment"          // 备注
	KindAcknowledge     Kind = "acknowledge"      // 知悉
	KindSupervise       Kind = "supervise"        // 督办
	KindFind            Kind = "finding"          // 报送认定: omitted, concealed or falsified
	KindRevoke          Kind = "revoke_finding"   // 撤销认定
	KindTell            Kind = "tell"             // 催办: a rung was fired, by the engine
	KindAdvise          Kind = "advise"           // 研判提示: found after registering, by the house
	KindRetime          Kind = "retime"           // 重算时限: another policy or calendar applied
	KindOpenDuty        Kind = "open_duty"        // 登记任务: a recurring duty comes up
	KindFulfil          Kind = "fulfil"           // 履行: a proof that a duty was done
	KindStrikeProof     Kind = "strike_proof"     // 撤销填报: such a proof is not accepted
)

// Command is something that an officer, a unit or the house itself does to an
// incident. It is a sealed set of small values: buttons, the API, drills, the
// simulator and the log all speak it.
type Command interface {
	Kind() Kind
	// apply decides and changes; the state, the actor's right and the clone were seen to before.
	apply(t *turn) error
}

// spec is one row of the table of states: where a command may be given, and by whom.
type spec struct {
	chinese string
	from    []State
	// who holds the right; the words are read in refusals.
	who    []holder
	decode func(json.RawMessage) (Command, error)
}

// holder is one kind of person who may give a command.
type holder struct {
	side  side
	posts []org.Post
}

type side int

const (
	ofLead      side = iota // posts of the lead unit
	ofInvolved              // posts of the lead unit or an assisting one
	ofAssisting             // posts of an assisting unit
	ofCounty                // the county's posts
	ofHouse                 // the house itself
	ofIntake                // an account that registers reports
	ofAnyone                // whoever may sign in
)

// The words of the table below.
//
//nolint:gochecknoglobals // constants that Go cannot write as such; never written
var (
	active    = []State{Received, Assessed, Dispatched, Returned, Accepted, Handling}
	undecided = []State{Received, Assessed}
	withUnit  = []State{Dispatched, Accepted, Handling}
	nearlyAll = []State{Received, Assessed, Dispatched, Returned, Accepted, Handling, Concluded, Archived}
	withLive  = []State{Dispatched, Accepted, Handling, Concluded}
	office    = holder{ofCounty, []org.Post{org.DutyOfficer, org.OfficeDirector}}
	county    = holder{ofCounty, []org.Post{org.DutyOfficer, org.OfficeDirector, org.DeputyLeader}}
	director  = holder{ofCounty, []org.Post{org.OfficeDirector}}
	granter   = holder{ofCounty, []org.Post{org.OfficeDirector, org.DeputyLeader}}
	leadUnit  = holder{ofLead, nil}
	involved  = holder{ofInvolved, nil}
	leaders   = holder{ofLead, []org.Post{org.Deputy, org.Head}}
	head      = holder{ofLead, []org.Post{org.Head}}
	signers   = holder{ofAssisting, []org.Post{org.Deputy, org.Head}}
	assisting = holder{ofAssisting, nil}
	house     = holder{ofHouse, nil}
	anyone    = holder{ofAnyone, nil}
)

// specs is the state table of rules.md. It is a function of nothing and never written.
//
//nolint:gochecknoglobals // a constant table; Go has no constant maps
var specs = map[Kind]spec{
	KindRegister:        {"登记", nil, []holder{county, involved, house, {ofIntake, nil}, anyone}, into[Register]},
	KindAssess:          {"研判", undecided, []holder{office, house}, into[Assess]},
	KindDispatch:        {"分办", []State{Assessed, Dispatched, Returned, Accepted, Handling}, []holder{office}, into[Dispatch]},
	KindDesignate:       {"指定承办", []State{Returned, Dispatched}, []holder{director}, into[Designate]},
	KindAccept:          {"签收", withUnit, []holder{involved}, into[Accept]},
	KindReturn:          {"退回", []State{Dispatched, Accepted}, []holder{leaders}, into[Return]},
	KindProgress:        {"进展", withUnit, []holder{involved}, into[Progress]},
	KindRegrade:         {"升降级", nearlyAll, []holder{county, house}, into[Regrade]},
	KindAskExtension:    {"申请延期", withUnit, []holder{leadUnit}, into[AskExtension]},
	KindGrantExtension:  {"准予延期", []State{Accepted, Handling}, []holder{granter}, into[GrantExtension]},
	KindRefuseExtension: {"不予延期", []State{Accepted, Handling}, []holder{granter}, into[RefuseExtension]},
	KindPause:           {"暂停计时", active, []holder{anyone}, into[Pause]},
	KindFirstReport:     {"首报", withLive, []holder{involved, office}, into[FirstReport]},
	KindRespond:         {"首次回应", withLive, []holder{leadUnit, office}, into[Respond]},
	KindRelease:         {"权威发布", withLive, []holder{leadUnit, office}, into[Release]},
	KindCompose:         {"起草初稿", withLive, []holder{leadUnit, office}, into[Compose]},
	KindDraft:           {"拟稿", withLive, []holder{leadUnit, office}, into[WriteDraft]},
	KindSubmit:          {"送审", withLive, []holder{leadUnit, office}, into[SubmitDraft]},
	KindReview:          {"审核", withLive, []holder{leadUnit, granter}, into[ReviewDraft]},
	KindCountersign:     {"会签", withLive, []holder{signers}, into[Countersign]},
	KindWithdraw:        {"撤稿", withLive, []holder{leadUnit, office}, into[WithdrawDraft]},
	KindPressConference: {"新闻发布会", withLive, []holder{leadUnit, county}, into[PressConference]},
	KindAssign:          {"交办协办任务", withUnit, []holder{leadUnit, office}, into[Assign]},
	KindOpinion:         {"协办意见", withUnit, []holder{assisting}, into[GiveOpinion]},
	KindConsult:         {"会商", withUnit, []holder{leadUnit, county}, into[Consult]},
	KindPlan:            {"给出处理方案", withUnit, []holder{leadUnit}, into[Plan]},
	KindConclude:        {"办结", withUnit, []holder{leaders}, into[Conclude]},
	KindFeedback:        {"反馈", []State{Concluded}, []holder{leadUnit, county}, into[Feedback]},
	KindVerify:          {"回访", []State{Concluded}, []holder{county}, into[Verify]},
	KindReflect:         {"复盘", []State{Concluded, Archived}, []holder{leadUnit, county}, into[Reflect]},
	KindMerge:           {"并案", active, []holder{county}, into[Merge]},
	KindAbsorb:          {"并入", nearlyAll, []holder{house}, into[Absorb]},
	KindYield:           {"拆出", nearlyAll, []holder{house}, into[Yield]},
	KindSplit:           {"拆案", []State{Merged}, []holder{county}, into[Split]},
	KindVoid:            {"作废", []State{Received, Assessed, Dispatched, Returned, Accepted}, []holder{director}, into[DoVoid]},
	KindReopen:          {"重办", []State{Concluded, Archived}, []holder{county}, into[Reopen]},
	KindArchive:         {"归档", []State{Concluded}, []holder{county}, into[Archive]},
	KindComment:         {"备注", nearlyAll, []holder{anyone}, into[Comment]},
	KindAcknowledge:     {"知悉", nearlyAll, []holder{anyone}, into[Acknowledge]},
	KindSupervise:       {"督办", active, []holder{county}, into[Supervise]},
	KindFind:            {"报送认定", nearlyAll, []holder{county}, into[Find]},
	KindRevoke:          {"撤销认定", nearlyAll, []holder{county}, into[Revoke]},
	KindTell:            {"催办", nearlyAll, []holder{house}, into[Tell]},
	KindAdvise:          {"研判提示", nearlyAll, []holder{house}, into[Advise]},
	KindRetime:          {"重算时限", nearlyAll, []holder{house, director}, into[Retime]},
	KindOpenDuty:        {"登记任务", nil, []holder{county, leadUnit, house}, into[OpenDuty]},
	KindFulfil:          {"履行", []State{Handling, Concluded}, []holder{leadUnit, office, house}, into[Fulfil]},
	KindStrikeProof:     {"撤销填报", []State{Handling, Concluded}, []holder{office}, into[StrikeProof]},
}

// Kinds lists every command in the order of the way.
func Kinds() []Kind {
	return []Kind{
		KindRegister, KindAssess, KindDispatch, KindDesignate, KindAccept, KindReturn, KindProgress, KindRegrade,
		KindAssign, KindOpinion, KindConsult,
		KindAskExtension, KindGrantExtension, KindRefuseExtension, KindPause, KindFirstReport,
		KindCompose, KindDraft, KindSubmit, KindReview, KindCountersign, KindWithdraw, KindRespond, KindRelease, KindPressConference, KindPlan, KindConclude, KindFeedback, KindVerify, KindReflect, KindMerge, KindAbsorb, KindYield,
		KindSplit, KindVoid, KindReopen, KindArchive, KindComment, KindAcknowledge, KindSupervise, KindFind, KindRevoke, KindTell, KindAdvise, KindRetime,
		KindOpenDuty, KindFulfil, KindStrikeProof,
	}
}

// Chinese is the command as officers read it.
func (k Kind) Chinese() string {
	if s, ok := specs[k]; ok {
		return s.chinese
	}
	return string(k)
}

// Internal tells whether only the house itself gives the command.
func (k Kind) Internal() bool {
	return k == KindTell || k == KindAdvise || k == KindAbsorb || k == KindYield || k == KindRegister || k == KindOpenDuty
}

// Deed tells whether the command can change more of the case than the record of whom the
// ladder told: anything but a message or a comment.
func (k Kind) Deed() bool { return k != KindTell && k != KindComment }

// OfDuties tells whether the command is for recurring duties alone.
func (k Kind) OfDuties() bool { return k == KindFulfil || k == KindStrikeProof }

// Decode reads a command of that kind from JSON. An unknown kind, an unknown field or
// a wrong type is an [Error] with the field.
func Decode(kind Kind, raw json.RawMessage) (Command, error) {
	s, ok := specs[kind]
	if !ok {
		return nil, &Error{Code: CodeNotFound, Text: fmt.Sprintf("没有%q这个操作。可用的操作有：%s。", kind, kindList())}
	}
	cmd, err := s.decode(raw)
	if err != nil {
		field, fault := jsonFault(err)
		return nil, &Error{
			Code: CodeInvalid, Field: field, Err: err,
			Text: fmt.Sprintf("“%s”的内容读不懂：%s。时间请写成 2026-11-20T16:40:00+08:00。", s.chinese, fault),
		}
	}
	return cmd, nil
}

// into decodes strictly into one command type.
func into[C Command](raw json.RawMessage) (Command, error) {
	var c C
	if len(bytes.TrimSpace(raw)) == 0 {
		return c, nil
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	d.DisallowUnknownFields()
	if err := d.Decode(&c); err != nil {
		return nil, fmt.Errorf("decode command: %w", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, errTrailing
	}
	return c, nil
}

var errTrailing = errors.New("something follows the command")

// jsonFault says in Chinese what a decoder stumbled over, and at which field.
func jsonFault(err error) (field, text string) {
	var wrong *json.UnmarshalTypeError
	var syntax *json.SyntaxError
	var instant *time.ParseError
	name, unknown := strings.CutPrefix(err.Error(), "decode command: json: unknown field ")
	switch {
	case unknown:
		return strings.Trim(name, `"`), "不认识字段" + name
	case errors.As(err, &wrong):
		if wrong.Field == "" {
			return "", "应是一个JSON对象"
		}
		return wrong.Field, "字段" + strconv.Quote(wrong.Field) + "的类型不对"
	case errors.As(err, &instant):
		return "", "有一个时间写得不对：" + strconv.Quote(strings.Trim(instant.Value, `"`))
	case errors.As(err, &syntax):
		return "", fmt.Sprintf("第%d个字节处不是正确的JSON", syntax.Offset)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return "", "JSON没有写完"
	case errors.Is(err, errTrailing):
		return "", "JSON之后还有多余的内容"
	}
	return "", "格式不对"
}

func kindList() string {
	var names []string
	for _, k := range Kinds() {
		if !k.Internal() {
			names = append(names, string(k))
		}
	}
	return strings.Join(names, "、")
}
