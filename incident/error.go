package incident

import "errors"

// Code is the machine's name of an error meant for people.
type Code string

// The codes. Web turns them into HTTP statuses in one place.
const (
	CodeInvalid   Code = "invalid"   // the input is wrong: 400
	CodeForbidden Code = "forbidden" // this person may not: 403
	CodeNotFound  Code = "not_found" // 404
	CodeRefused   Code = "refused"   // not in this state or not any more: 409
	CodeInternal  Code = "internal"  // ours: 500, logged in full, shown as nothing
)

// Sentinels for what callers branch on.
var (
	// ErrStale means that the case was changed since it was read: decide again.
	ErrStale = errors.New("case was changed since it was read")
	// ErrNotFound means that there is no such case.
	ErrNotFound = errors.New("no such case")
	// ErrRepeat means that a command with the same key was applied before.
	ErrRepeat = errors.New("command was applied before")
)

// Error is an error that people read: Text is a whole Chinese sentence that says
// what is wrong, where, and how to mend it.
type Error struct {
	Code  Code
	Text  string
	Field string // the input's field, where there is one
	Err   error  // the cause, for the log
}

func (e *Error) Error() string { return e.Text }

func (e *Error) Unwrap() error { return e.Err }

func invalid(field, text string) error {
	return &Error{Code: CodeInvalid, Field: field, Text: text}
}

func refused(text string) error { return &Error{Code: CodeRefused, Text: text} }

func forbidden(text string) error { return &Error{Code: CodeForbidden, Text: text} }

// Text is what a person may see of err: the sentence of an [Error], else a general one.
func Text(err error) string {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Text
	case errors.Is(err, ErrNotFound):
		return "没有这个编号的事件，请核对编号。"
	}
	return "系统内部错误，已记入日志，请稍后再试或联系管理员。"
}

// CodeOf is the code of an [Error] in err's chain, [CodeNotFound] for [ErrNotFound], else internal.
func CodeOf(err error) Code {
	var e *Error
	switch {
	case errors.As(err, &e):
		return e.Code
	case errors.Is(err, ErrNotFound):
		return CodeNotFound
	}
	return CodeInternal
}
