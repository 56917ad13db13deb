package web

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"huiying/incident"
	"huiying/web/api"
)

// Codes of errors that are of HTTP rather than of an incident.
const (
	codeUnauthenticated incident.Code = "unauthenticated"
	codeTooLarge        incident.Code = "too_large"
	codeMethod          incident.Code = "method_not_allowed"
	codeUnavailable     incident.Code = "unavailable"
)

// fault is an error as it is answered, in JSON or as a page.
type fault struct {
	status int
	code   incident.Code
	title  string
	detail string
	field  string
}

// faultOf is the only place that turns an error into a status. What is not meant for
// people says nothing but the request's id.
func faultOf(err error, id string) fault {
	var tooLarge *http.MaxBytesError
	switch {
	case errors.Is(err, errNoToken):
		return fault{http.StatusUnauthorized, codeUnauthenticated, "未登录", "请在请求头 Authorization 中带上口令，写成 Bearer hy_…；口令由管理员发放。", ""}
	case errors.Is(err, errBadToken):
		return fault{http.StatusUnauthorized, codeUnauthenticated, "口令无效", "口令无效或已停用，请向管理员重新领取。", ""}
	case errors.Is(err, errExpired):
		return fault{http.StatusForbidden, incident.CodeForbidden, "页面已过期", "页面已过期或不是从本系统打开的，请返回上一页，刷新后再提交。", ""}
	case errors.As(err, &tooLarge):
		return fault{http.StatusRequestEntityTooLarge, codeTooLarge, "内容过大", "提交的内容超过1 MiB，请缩短，文件请以附件网址提交。", ""}
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return fault{http.StatusServiceUnavailable, codeUnavailable, "未能完成", "请求被中断，没有办成，请重试。", ""}
	}
	f := fault{code: incident.CodeOf(err), detail: incident.Text(err)}
	if e, ok := errors.AsType[*incident.Error](err); ok {
		f.field = e.Field
	}
	switch f.code {
	case incident.CodeInvalid:
		f.status, f.title = http.StatusBadRequest, "内容有误"
	case incident.CodeForbidden:
		f.status, f.title = http.StatusForbidden, "没有权限"
	case incident.CodeNotFound:
		f.status, f.title = http.StatusNotFound, "没有找到"
	case incident.CodeRefused:
		f.status, f.title = http.StatusConflict, "现在不能办理"
	case incident.CodeInternal:
		return internal(id)
	default:
		return internal(id)
	}
	return f
}

func internal(id string) fault {
	return fault{
		http.StatusInternalServerError, incident.CodeInternal, "系统内部错误",
		"系统内部错误，已记入日志，请稍后再试；仍不行请把编号 " + id + " 告诉管理员。", "",
	}
}

// problem answers an API request that failed.
func (s *server) problem(w http.ResponseWriter, r *http.Request, err error) {
	id := requestID(w)
	f := faultOf(err, id)
	s.report(r, f, id, err)
	s.writeProblem(w, f, id)
}

func (s *server) writeProblem(w http.ResponseWriter, f fault, id string) {
	body, err := json.Marshal(api.Problem{
		Type:  "urn:huiying:problem:" + strings.ReplaceAll(string(f.code), "_", "-"),
		Title: f.title, Status: f.status, Detail: f.detail, Code: f.code, Field: f.field, RequestID: id,
	})
	if err != nil {
		s.Log.Error("problem not encoded", "request_id", id, "error", err)
	}
	h := w.Header()
	if f.status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="huiying"`)
	}
	h.Set("Content-Type", "application/problem+json")
	h.Set("Cache-Control", "no-store")
	w.WriteHeader(f.status)
	s.write(w, body)
}

// report logs what an operator must look into: our own faults, in full. The pattern is
// logged, not the address, which may hold what somebody searched for.
func (s *server) report(r *http.Request, f fault, id string, err error) {
	if f.status < http.StatusInternalServerError || r.Context().Err() != nil {
		return
	}
	s.Log.Error("request failed", "request_id", id, "route", r.Pattern, "error", err)
}

// write sends a body. The status is already on its way, so that a client that went away
// cannot be told of anything any more; it is noted for whoever looks closely.
func (s *server) write(w http.ResponseWriter, body []byte) {
	if _, err := w.Write(body); err != nil {
		s.Log.Debug("answer not sent", "request_id", requestID(w), "error", err)
	}
}
